import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataPlace, moveEarlierData } from './data-place.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oriel-place-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const CLONE = { env: {}, packageFolder: '/home/ann/oriel', workingFolder: '/home/ann/oriel', home: '/home/ann' };
const INSTALLED = { ...CLONE, packageFolder: '/srv/site/node_modules/oriel', workingFolder: '/srv/site' };

test.each([
  ['--data wins', '/mine', { ...CLONE, env: { ORIEL_DATA: '/env' } }, '/mine'],
  ['then ORIEL_DATA', undefined, { ...INSTALLED, env: { ORIEL_DATA: '/env' } }, '/env'],
  ['a clone keeps its own beside it', undefined, CLONE, '/home/ann/oriel/data'],
  ['a clone that is run from elsewhere', undefined, { ...CLONE, workingFolder: '/srv' }, '/srv/data'],
  ['an installed package: the user’s folder', undefined, INSTALLED, '/home/ann/.local/share/oriel'],
  ['as XDG names it', undefined, { ...INSTALLED, env: { XDG_DATA_HOME: '/xdg' } }, '/xdg/oriel'],
  [
    'a relative XDG path is ignored',
    undefined,
    { ...INSTALLED, env: { XDG_DATA_HOME: 'x' } },
    '/home/ann/.local/share/oriel',
  ],
])('%s', (_name, chosen, around, folder) => {
  expect(dataPlace(chosen, around).folder).toBe(folder);
});

test('data in the folder of the package is moved out of it once, and that is reported', () => {
  const packageFolder = join(root, 'node_modules', 'oriel');
  const around = { ...INSTALLED, packageFolder, home: root };
  mkdirSync(join(packageFolder, 'data'), { recursive: true });
  writeFileSync(join(packageFolder, 'data', 'oriel.sqlite'), 'accounts');
  writeFileSync(join(packageFolder, 'data', 'oriel.key'), 'key');
  const place = dataPlace(undefined, around);
  expect(moveEarlierData(place)).toContain(`from ${join(packageFolder, 'data')} to ${place.folder}`);
  expect(readFileSync(join(place.folder, 'oriel.sqlite'), 'utf8')).toBe('accounts');
  expect(readFileSync(join(place.folder, 'oriel.key'), 'utf8')).toBe('key');
  expect(existsSync(join(packageFolder, 'data'))).toBe(false);
  expect(moveEarlierData(place)).toBeUndefined();
});

test('existing data is never replaced, and a folder that was chosen by name is left alone', () => {
  const packageFolder = join(root, 'node_modules', 'oriel');
  const around = { ...INSTALLED, packageFolder, home: root };
  const place = dataPlace(undefined, around);
  for (const folder of [join(packageFolder, 'data'), place.folder]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'oriel.sqlite'), folder);
  }
  expect(moveEarlierData(place)).toBeUndefined();
  expect(readFileSync(join(place.folder, 'oriel.sqlite'), 'utf8')).toBe(place.folder);
  expect(moveEarlierData(dataPlace(join(root, 'mine'), around))).toBeUndefined();
  expect(existsSync(join(root, 'mine'))).toBe(false);
});
