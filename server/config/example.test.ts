import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { CAMERA_SETTINGS } from '../../shared/camera-settings.ts';
import { isGroup, type Setting, type SettingGroup } from '../../shared/setting.ts';
import { defaultConfig, parseConfig } from './load.ts';
import { configSchema } from './schema.ts';
import { knownKeys } from './schema-keys.ts';

const FILE = 'config.example.yaml';
const text = readFileSync(FILE, 'utf8');

test('the example is a valid config and shows the defaults', () => {
  expect(parseConfig(text, FILE, {})).toEqual(defaultConfig());
});

test('the example names every setting', () => {
  const missing = knownKeys(configSchema, []).flatMap((section) => {
    const keys = knownKeys(configSchema, [section]);
    return keys.filter((key) => !text.includes(`${key}:`)).map((key) => `${section}.${key}`);
  });
  expect(missing).toEqual([]);
  expect(Object.keys(parse(text) as object)).toEqual(knownKeys(configSchema, []));
});

test('the camera in the example matches the description of the settings; `npm run example` writes it', async () => {
  const above = text.slice(0, text.indexOf('# cameras:'));
  await expect(above + exampleCamera()).toMatchFileSnapshot(`../../${FILE}`);
});

test('the camera in the example is valid too', () => {
  const commented = text.slice(text.indexOf('# cameras:')).replaceAll(/^# ?/gm, '');
  const config = parseConfig(commented, 'x', { FRONT_DOOR_PASSWORD: 'secret' });
  expect(config.cameras[0]).toMatchObject({ id: 'front-door', password: 'secret', transport: 'auto' });
});

function exampleCamera(): string {
  const lines = Object.entries(CAMERA_SETTINGS).map(([name, entry]) => exampleLine(`    ${name}`, entry));
  const all = [' cameras:', exampleLine('  - id', { example: 'front-door', comment: 'a-z 0-9 - _' }), ...lines];
  return all.map((line) => `#${line.startsWith(' cameras') ? '' : ' '}${line}\n`).join('');
}

function exampleLine(name: string, entry: Pick<Setting, 'example' | 'comment'> | SettingGroup): string {
  if ('example' in entry) {
    const { example, comment } = entry;
    return comment === undefined ? `${name}: ${example}` : `${`${name}: ${example}`.padEnd(46)} # ${comment}`;
  }
  const parts = Object.entries(entry.group).map(([key, setting]) =>
    isGroup(setting) ? '' : `${key}: ${setting.example}`,
  );
  return `${name}: { ${parts.join(', ')} }`;
}
