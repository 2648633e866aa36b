import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { CAMERA_SETTINGS } from '../../shared/camera-settings.ts';
import { isGroup, type Setting, type SettingGroup } from '../../shared/setting.ts';
import { defaultConfig, parseConfig } from './load.ts';
import { configSchema } from './schema.ts';
import { knownKeys, typeAt } from './schema-keys.ts';

const FILE = 'config.example.yaml';
const text = readFileSync(FILE, 'utf8');

test('the example is a valid config and shows the defaults', () => {
  expect(parseConfig(text, FILE, {})).toEqual(defaultConfig());
});

/** Names that `check` still takes from files of earlier versions. */
const EARLIER_NAMES = ['tunnel.raw.0.camera'];

/** The paths below `path` that the schema knows and that the text does not name, each looked for behind the key that holds it. */
function unnamed(path: readonly (string | number)[], behind: string): string[] {
  const keys = knownKeys(configSchema, path);
  if (keys.length === 0) return path.at(-1) === 0 || path.length === 0 ? [] : unnamed([...path, 0], behind);
  return keys.flatMap((key) => {
    const here = [...path, key];
    if (EARLIER_NAMES.includes(here.join('.'))) return [];
    const place =
      path.length === 0 ? behind.search(new RegExp(`^${key}:`, 'm')) : behind.search(new RegExp(`\\b${key}:`));
    if (place === -1) return [here.join('.')];
    const section = path.length === 0 ? behind.slice(place).split(/\n(?=[a-z]+:)/)[0] : behind.slice(place);
    return unnamed(here, (section ?? '').slice(key.length));
  });
}

test('the example names every setting that check accepts, at its place', () => {
  expect(unnamed([], text)).toEqual([]);
  expect(Object.keys(parse(text) as object)).toEqual(knownKeys(configSchema, []));
});

test('every setting that the documents name is one that check accepts', () => {
  const sections = knownKeys(configSchema, []).join('|');
  const documents = ['README.md', 'SECURITY.md', ...readdirSync('docs').map((name) => `docs/${name}`)];
  const named = documents
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => [
      ...readFileSync(name, 'utf8').matchAll(new RegExp(`\`((?:${sections})(?:\\.[A-Za-z]+)+)\``, 'g')),
    ])
    .map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => typeAt(configSchema, path.split('.')) === undefined)).toEqual([]);
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
