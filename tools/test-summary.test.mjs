import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { summarise } from './test-summary.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'oriel-summary-'));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const spec = (title, status) => ({ title, tests: [{ status }] });
const write = (name, value) => {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), JSON.stringify(value));
};

test('counts unit tests and journeys, and names what needed a second try without calling it passed', () => {
  const unit = (fullName, status, ...failureMessages) => ({ fullName, status, failureMessages });
  const assertionResults = [
    unit('adds', 'passed'),
    unit('waits', 'passed', 'too late'),
    unit('breaks', 'failed', 'no'),
  ];
  write('unit.json', { testResults: [{ name: path.resolve('server/sum.test.ts'), assertionResults }] });
  const described = { title: 'a camera', specs: [spec('that stalls', 'flaky'), spec('that returns', 'expected')] };
  write('pages.json', { suites: [{ title: 'grid.spec.ts', specs: [spec('opens', 'expected')], suites: [described] }] });
  write('measured.json', { suites: [{ title: 'player.spec.ts', specs: [spec('plays', 'unexpected')] }] });
  expect(summarise(folder)).toEqual([
    'FLAKY, passed only at its second try: server/sum.test.ts › waits',
    'FLAKY, passed only at its second try: grid.spec.ts › a camera › that stalls',
    '3 passed, 2 failed',
  ]);
});

test('a step that did not run counts as nothing', () => {
  expect(summarise(folder)).toEqual(['0 passed, 0 failed']);
});
