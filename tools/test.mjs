// `npm test`: everything that has to hold, fast to slow; stops at the first step that does not.
import fs from 'node:fs';
import path from 'node:path';
import { installSystemPrograms } from './install-system-programs.mjs';
import { build, fail, installPackages, ROOT, requireNode, run } from './setup.mjs';

const bin = (name) => path.join(ROOT, 'node_modules', '.bin', name);
const results = path.join(ROOT, 'test-results');

const STEPS = {
  lint: () => {
    run(bin('biome'), ['check', '--error-on-warnings', '.']);
    run(process.execPath, ['tools/check-directions.mjs']);
  },
  types: () => {
    run(bin('tsc'), ['-p', '.']);
    run(bin('tsc'), ['-p', 'web']);
    run(bin('tsc'), ['-p', 'e2e']);
  },
  lock: () => run(process.execPath, ['tools/check-lock.mjs']),
  unit: () =>
    run(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}/unit.json`]),
  build: () => {
    build();
    run(process.execPath, ['tools/check-bundle.mjs']);
  },
  journeys: () => run(bin('playwright'), ['test']),
};

requireNode();
installPackages();
installSystemPrograms();
fs.rmSync(results, { recursive: true, force: true });
fs.mkdirSync(results, { recursive: true });
const only = process.argv.slice(2);
const unknown = only.find((name) => !(name in STEPS));
if (unknown) fail(`There is no step ${unknown}; the steps are ${Object.keys(STEPS).join(', ')}.`);
for (const [name, step] of Object.entries(STEPS)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const startedMs = Date.now();
  process.stdout.write(`\n== ${name}\n`);
  step();
  process.stdout.write(`== ${name}: ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`);
}
process.stdout.write(`\n${summary()}\n`);

/** The closing line counts every unit test and every journey that ran. */
function summary() {
  const read = (file) => JSON.parse(fs.readFileSync(path.join(results, file), 'utf8'));
  const has = (file) => fs.existsSync(path.join(results, file));
  const unit = has('unit.json') ? read('unit.json') : { numPassedTests: 0, numFailedTests: 0 };
  const journeys = has('journeys.json') ? read('journeys.json').stats : { expected: 0, unexpected: 0, flaky: 0 };
  const passed = unit.numPassedTests + journeys.expected + journeys.flaky;
  return `${passed} passed, ${unit.numFailedTests + journeys.unexpected} failed`;
}
