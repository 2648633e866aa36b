// Prepares what both commands need: the locked packages and a fresh build. It uses only Node itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
/**
 * How the gateway is run, here as in the Dockerfile and the first line of server/main.ts. While a program loads, V8 lets its
 * young generation grow to 32 MB and keeps it. Afterwards the gateway makes almost no garbage, so 2 MB are enough and save 15.
 */
export const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=2'];
const at = (...parts) => path.join(ROOT, ...parts);

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Oriel needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and run the command again.`,
  );
}

export function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Runs a program and shows its output. When it fails, this process ends with its exit code. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', ...options });
  if (result.error) fail(`${program} could not be started: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Installs exactly what package-lock.json names, once per lock file, without install scripts or a compiler. */
export function installPackages() {
  const wanted = createHash('sha256')
    .update(fs.readFileSync(at('package-lock.json')))
    .digest('hex');
  const mark = at('node_modules', '.oriel-lock');
  if (fs.existsSync(mark) && fs.readFileSync(mark, 'utf8') === wanted) return;
  process.stdout.write('Installing packages …\n');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  fs.writeFileSync(mark, wanted);
}

/** Builds server and pages when a source is newer than the last build. */
export function build() {
  const mark = at('dist', '.built');
  const sources = ['shared', 'server', 'web', 'package.json', 'package-lock.json', 'vite.config.ts', 'tools'];
  const builtMs = fs.existsSync(mark) ? fs.statSync(mark).mtimeMs : 0;
  if (sources.every((source) => newestMs(at(source)) < builtMs)) return;
  process.stdout.write('Building …\n');
  run(process.execPath, [at('tools', 'build.mjs')]);
}

/** The time of the newest change below `place`. Folders count too, so that a deleted file is noticed. */
function newestMs(place) {
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  let newest = stat.mtimeMs;
  for (const name of fs.readdirSync(place)) newest = Math.max(newest, newestMs(path.join(place, name)));
  return newest;
}
