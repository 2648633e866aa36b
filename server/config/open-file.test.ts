import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { complainOfOpenFile } from './open-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oriel-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function complaint(text: string, mode: number): string | undefined {
  const path = join(folder, 'oriel.yaml');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return complainOfOpenFile(path)?.replaceAll(path, 'FILE');
}

const SAID = 'FILE holds passwords or tokens, and everybody on this machine can read it. Run: chmod 600 FILE';

test.each([
  ['a password', 'cameras:\n  - password: hunter2', 0o644, SAID],
  ['a token in JSON', '{"auth":{"tokens":[{"token":"a-long-token"}]}}', 0o644, SAID],
  ['an account in an address', 'substream: rtsp://admin:hunter2@192.0.2.7/2', 0o604, SAID],
  ['a password that only its owner reads', 'cameras:\n  - password: hunter2', 0o600, undefined],
  ['where secrets are', 'password: ${DOOR}\ntoken: "file:/run/secrets/token"', 0o644, undefined],
  ['an example that is switched off', '# password: hunter2', 0o644, undefined],
  ['no secret', 'http: { port: 8080 }', 0o644, undefined],
])('%s', (_name, text, mode, expected) => {
  expect(complaint(text, mode)).toBe(expected);
});

test('a file that is not there is somebody else’s complaint', () => {
  expect(complainOfOpenFile(join(folder, 'gone.yaml'))).toBeUndefined();
});
