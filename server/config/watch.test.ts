import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { GatewayError } from '../platform/errors.ts';
import type { Config } from './schema.ts';
import { type ConfigWatcher, watchConfig } from './watch.ts';

let watcher: ConfigWatcher | undefined;

afterEach(() => watcher?.close());

function setUp(): { file: string; versions: Config[]; refusals: GatewayError[] } {
  const file = join(mkdtempSync(join(tmpdir(), 'oriel-watch-')), 'oriel.yaml');
  writeFileSync(file, 'http: { port: 1 }\n');
  const versions: Config[] = [];
  const refusals: GatewayError[] = [];
  watcher = watchConfig(
    file,
    (config) => versions.push(config),
    (error) => refusals.push(error),
  );
  return { file, versions, refusals };
}

test('a file that is written into, and one that is replaced, are both read again', async () => {
  const { file, versions } = setUp();
  writeFileSync(file, 'http: { port: 2 }\n');
  await vi.waitFor(() => expect(versions.at(-1)?.http.port).toBe(2), 5000);
  writeFileSync(`${file}.new`, 'http: { port: 3 }\n');
  renameSync(`${file}.new`, file);
  await vi.waitFor(() => expect(versions.at(-1)?.http.port).toBe(3), 5000);
});

test('a version that is not valid is reported with its line and changes nothing', async () => {
  const { file, versions, refusals } = setUp();
  writeFileSync(file, 'http:\n  prot: 2\n');
  await vi.waitFor(() => expect(refusals).toHaveLength(1), 5000);
  expect(refusals[0]?.message).toContain('oriel.yaml:2: http: unknown key prot');
  expect(versions).toHaveLength(0);
});
