import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { defaultConfig, parseConfig } from './load.ts';
import { configSchema } from './schema.ts';
import { knownKeys } from './schema-keys.ts';

const text = readFileSync('config.example.yaml', 'utf8');

test('the example is a valid config and says the defaults', () => {
  expect(parseConfig(text, 'config.example.yaml', {})).toEqual(defaultConfig());
});

test('the example names every setting', () => {
  const missing = knownKeys(configSchema, []).flatMap((section) => {
    const keys = knownKeys(configSchema, [section]);
    return keys.filter((key) => !text.includes(`${key}:`)).map((key) => `${section}.${key}`);
  });
  expect(missing).toEqual([]);
  expect(Object.keys(parse(text) as object)).toEqual(knownKeys(configSchema, []));
});

test('the camera in the example is valid too', () => {
  const commented = text.slice(text.indexOf('# cameras:')).replaceAll(/^# ?/gm, '');
  const config = parseConfig(commented, 'x', { FRONT_DOOR_PASSWORD: 'secret' });
  expect(config.cameras[0]).toMatchObject({ id: 'front-door', password: 'secret', transport: 'auto' });
});
