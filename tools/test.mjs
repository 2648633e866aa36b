// `npm test` runs all steps from fast to slow and stops at the first one that fails. `npm test -- unit pages` runs only those
// steps, and `npm run test:long` runs the minute-long proofs in full.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { installSystemPrograms } from './install-system-programs.mjs';
import { build, fail, installPackages, ROOT, requireNode, run } from './setup.mjs';
import { summarise } from './test-summary.mjs';

const bin = (name) => path.join(ROOT, 'node_modules', '.bin', name);
const node = (script) => [process.execPath, [script]];
const results = path.join(ROOT, 'test-results');

const STEPS = {
  checks: () =>
    runTogether({
      lint: [bin('biome'), ['check', '--error-on-warnings', '.']],
      directions: node('tools/check-directions.mjs'),
      lock: node('tools/check-lock.mjs'),
      'types of the server': [bin('tsc'), ['-p', '.']],
      'types of the pages': [bin('tsc'), ['-p', 'web']],
      'types of the journeys': [bin('tsc'), ['-p', 'e2e']],
    }),
  build: () => {
    build();
    run(...node('tools/check-bundle.mjs'));
  },
  unit: () =>
    run(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}/unit.json`]),
  pages: () => journeys('pages', 2),
  measured: () => journeys('measured', 1),
};

requireNode();
installPackages();
installSystemPrograms();
const args = process.argv.slice(2);
if (args.includes('--long')) process.env.ORIEL_LONG = '1';
const only = args.filter((name) => name !== '--long');
const unknown = only.find((name) => !(name in STEPS));
if (unknown) fail(`There is no step ${unknown}; the steps are ${Object.keys(STEPS).join(', ')}.`);
fs.rmSync(results, { recursive: true, force: true });
fs.mkdirSync(results, { recursive: true });
for (const [name, step] of Object.entries(STEPS)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const startedMs = Date.now();
  process.stdout.write(`\n== ${name}\n`);
  await step();
  process.stdout.write(`== ${name}: ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`);
}
process.stdout.write(`\n${summarise(results).join('\n')}\n`);

/** Runs one project of playwright.config.ts. The results of its journeys go into the project's own report. */
function journeys(project, workers) {
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: path.join(results, `${project}.json`) };
  run(bin('playwright'), ['test', `--project=${project}`, `--workers=${workers}`], { env });
}

/** Runs programs at the same time. Prints the output of each when it ends, and fails when one of them fails. */
async function runTogether(programs) {
  const codes = await Promise.all(
    Object.entries(programs).map(async ([name, [program, programArgs]]) => {
      const child = spawn(program, programArgs, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
      const said = [];
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
      const code = await new Promise((resolve) => {
        child.on('error', () => resolve(1));
        child.on('close', resolve);
      });
      process.stdout.write(`-- ${name}: ${code === 0 ? 'passed' : 'FAILED'}\n${Buffer.concat(said)}`);
      return code;
    }),
  );
  if (codes.some((code) => code !== 0)) process.exit(1);
}
