import { mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import type { GatewayError } from '../platform/errors.ts';
import { loadConfig } from './load.ts';
import type { Config } from './schema.ts';
import { type ConfigWatcher, watchConfig } from './watch.ts';

let watcher: ConfigWatcher | undefined;

afterEach(() => watcher?.close());

const CAMERAS = 'cameras: [{ id: door, url: "rtsp://192.0.2.1/1" }]\n';

function setUp(text = 'http: { port: 1 }\n'): { file: string; versions: Config[]; refusals: GatewayError[] } {
  const file = join(mkdtempSync(join(tmpdir(), 'oriel-watch-')), 'oriel.yaml');
  writeFileSync(file, text);
  return { file, ...watch(file) };
}

function watch(path: string): { versions: Config[]; refusals: GatewayError[] } {
  const versions: Config[] = [];
  const refusals: GatewayError[] = [];
  watcher = watchConfig({
    path,
    config: loadConfig(path),
    clock: systemClock,
    changed: (config) => versions.push(config),
    refused: (error) => refusals.push(error),
  });
  return { versions, refusals };
}

test('a file is read again both when it is written into and when it is replaced', async () => {
  const { file, versions } = setUp();
  writeFileSync(file, 'http: { port: 2 }\n');
  await vi.waitFor(() => expect(versions.at(-1)?.http.port).toBe(2), 5000);
  writeFileSync(`${file}.new`, 'http: { port: 3 }\n');
  renameSync(`${file}.new`, file);
  await vi.waitFor(() => expect(versions.at(-1)?.http.port).toBe(3), 5000);
});

test('an invalid version is reported with its line and changes nothing', async () => {
  const { file, versions, refusals } = setUp();
  writeFileSync(file, 'http:\n  prot: 2\n');
  await vi.waitFor(() => expect(refusals).toHaveLength(1), 5000);
  expect(refusals[0]?.message).toContain('oriel.yaml:2: http: unknown key prot');
  expect(versions).toHaveLength(0);
});

test.each([
  ['empty', ''],
  ['cut off before its cameras', 'http: { port: 1 }\n'],
])(
  'a file that is %s does not remove all cameras; it is reported once, and a complete file is accepted again',
  async (_name, text) => {
    const { file, versions, refusals } = setUp(CAMERAS);
    writeFileSync(file, text);
    await vi.waitFor(() => expect(refusals).toHaveLength(1), 5000);
    expect(versions).toEqual([]);
    writeFileSync(file, `${CAMERAS}http: { port: 2 }\n`);
    await vi.waitFor(() => expect(versions.at(-1)?.http.port).toBe(2), 5000);
    expect(refusals).toHaveLength(1);
    writeFileSync(file, 'cameras: []\n');
    await vi.waitFor(() => expect(versions.at(-1)?.cameras).toEqual([]), 5000);
  },
);

test('a mounted ConfigMap is read again when its link leads to another folder', async () => {
  const volume = mkdtempSync(join(tmpdir(), 'oriel-volume-'));
  const version = (name: string, port: number): void => {
    mkdirSync(join(volume, name));
    writeFileSync(join(volume, name, 'oriel.yaml'), `http: { port: ${port} }\n`);
    symlinkSync(name, join(volume, '..data_tmp'));
    renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
  };
  version('..2026_01', 1);
  symlinkSync('..data/oriel.yaml', join(volume, 'oriel.yaml'));
  const { versions } = watch(join(volume, 'oriel.yaml'));
  version('..2026_02', 2);
  await vi.waitFor(() => expect(versions.at(-1)?.http.port).toBe(2), 5000);
});

test('the file is read at once when `reload` is called', () => {
  const { file, versions } = setUp();
  writeFileSync(file, 'http: { port: 3 }\n');
  watcher?.reload();
  expect(versions.at(-1)?.http.port).toBe(3);
});
