import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GatewayError } from './errors.ts';
import { loadSecretBox, SecretBox } from './secrets.ts';

const box = new SecretBox(Buffer.alloc(32, 1));
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oriel-key-'));
  file = join(folder, 'key');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a sealed text can be opened again and looks different each time', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, place) => {
      expect(box.open(box.seal(text, place), place)).toBe(text);
      expect(box.seal(text, place)).not.toBe(box.seal(text, place));
    }),
  );
});

test.each([
  ['another place', (sealed: string) => box.open(sealed, 'camera:yard')],
  ['another key', (sealed: string) => new SecretBox(Buffer.alloc(32, 2)).open(sealed, 'camera:door')],
  [
    'a changed byte',
    (sealed: string) => box.open(`${sealed.slice(0, -2)}${sealed.endsWith('A') ? 'B' : 'A'}A`, 'camera:door'),
  ],
  ['a cut', (sealed: string) => box.open(sealed.slice(0, 20), 'camera:door')],
])('it does not open with %s', (_name, open) => {
  expect(() => open(box.seal('secret', 'camera:door'))).toThrow(GatewayError);
});

test('random text can never be opened', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => box.open(`v1.${text}`, '')).toThrow(GatewayError);
    }),
  );
});

test('the key file is made once, for its own user only', () => {
  const sealed = loadSecretBox(file).seal('secret', 'x');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(loadSecretBox(file).open(sealed, 'x')).toBe('secret');
});

test('a key file that others can read is made private', () => {
  loadSecretBox(file);
  chmodSync(file, 0o644);
  loadSecretBox(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a damaged key file is reported and not replaced', () => {
  writeFileSync(file, 'short');
  expect(() => loadSecretBox(file)).toThrow('is damaged');
});
