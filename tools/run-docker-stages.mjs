// Runs the stages of the Dockerfile without a container engine: each stage in its own folder, with its COPY and RUN lines, and
// then the last stage's command as an unprivileged user until /healthz answers. Usage: node tools/run-docker-stages.mjs
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fail, ROOT } from './setup.mjs';

const NOBODY = 65534;
const PORT = 18080;
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'oriel-stages-'));
fs.chmodSync(work, 0o755);

function parseDockerfile() {
  const text = fs.readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ');
  const stages = [];
  for (const line of text.split('\n')) {
    const [, instruction, rest] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (!instruction) continue;
    if (instruction === 'FROM') stages.push({ name: / AS (\S+)/.exec(rest)?.[1] ?? 'final', steps: [] });
    else stages.at(-1).steps.push({ instruction, rest });
  }
  return stages;
}

function copy(stage, rest) {
  const [, from, list] = /^(?:--from=(\S+)\s+)?(.*)$/.exec(rest);
  const parts = list.split(/\s+/);
  const target = path.join(stage.root, stage.workdir, parts.pop());
  for (const part of parts) {
    if (from) fs.cpSync(path.join(work, from, part), target, { recursive: true });
    else if (part === '.') copyCheckout(target);
    else {
      const isFolder = fs.statSync(path.join(ROOT, part)).isDirectory();
      fs.cpSync(path.join(ROOT, part), isFolder ? target : path.join(target, part), { recursive: true });
    }
  }
}

/** The files that git tracks or would track. They are the build context, without what .dockerignore leaves out. */
function copyCheckout(target) {
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
  const left = fs.readFileSync(path.join(ROOT, '.dockerignore'), 'utf8').split('\n').filter(Boolean);
  for (const file of stdout.split('\n').filter(Boolean)) {
    if (left.some((name) => file === name || file.startsWith(`${name}/`))) continue;
    if (fs.existsSync(path.join(ROOT, file))) fs.cpSync(path.join(ROOT, file), path.join(target, file));
  }
}

function sh(stage, command) {
  // Paths outside the work folder belong to the image. Here they are below the stage's own root.
  const local = command
    .replaceAll(/(^|\s)\/data\b/g, `$1${path.join(stage.root, 'data')}`)
    .replace(/chown \S+/, `chown ${NOBODY}`);
  const result = spawnSync('sh', ['-c', local], {
    cwd: path.join(stage.root, stage.workdir),
    stdio: 'inherit',
    env: { ...process.env, ...stage.env },
  });
  if (result.status !== 0) fail(`Stage ${stage.name}: RUN ${command} failed.`);
}

let last;
for (const { name, steps } of parseDockerfile()) {
  const stage = { name, root: path.join(work, name), workdir: '/', env: {}, user: 'root' };
  fs.mkdirSync(stage.root, { recursive: true });
  for (const { instruction, rest } of steps) {
    console.log(`[${name}] ${instruction} ${rest}`);
    if (instruction === 'WORKDIR') {
      stage.workdir = rest;
      fs.mkdirSync(path.join(stage.root, rest), { recursive: true });
    } else if (instruction === 'COPY') copy(stage, rest);
    else if (instruction === 'RUN') sh(stage, rest);
    else if (instruction === 'ENV')
      for (const pair of rest.split(' ')) stage.env[pair.split('=')[0]] = pair.split('=')[1];
    else if (instruction === 'USER') stage.user = rest;
    else if (instruction === 'ENTRYPOINT') stage.entrypoint = JSON.parse(rest);
    else if (instruction === 'CMD') stage.command = JSON.parse(rest);
  }
  last = stage;
}

if (last.user === 'root') fail('The last stage must not run as root.');
const [program, ...args] = [...last.entrypoint, ...last.command];
const data = path.join(last.root, 'data');
const asRoot = process.getuid?.() === 0;
const child = spawn(program, [...args, '--host', '127.0.0.1', '--port', String(PORT), '--demo'], {
  cwd: path.join(last.root, last.workdir),
  stdio: 'inherit',
  env: { PATH: process.env.PATH, ...last.env, ORIEL_DATA: data },
  ...(asRoot ? { uid: NOBODY, gid: NOBODY } : {}),
});
const deadline = Date.now() + 30_000;
let healthy = false;
while (!healthy && Date.now() < deadline && child.exitCode === null) {
  await new Promise((resolve) => setTimeout(resolve, 250));
  healthy = await fetch(`http://127.0.0.1:${PORT}/healthz`).then(
    (reply) => reply.ok,
    () => false,
  );
}
child.kill('SIGTERM');
await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
fs.rmSync(work, { recursive: true, force: true });
if (!healthy) fail('The image would not have become healthy within 30 s.');
console.log('Every stage ran; the last one became healthy without root.');
