import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { mountSmallDisk, type SmallDisk } from '../testing/small-disk.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';

const GATEWAY = { as: 'gateway', make: true } as const;
const DOOR = {
  id: 'door' as CameraId,
  name: 'Door',
  enabled: true,
  url: 'rtsp://192.0.2.1/1',
  password: 'sealed',
  whenOffline: 'hold',
  transport: 'auto',
} as const;

let root: string;
let folder: string;
let disk: SmallDisk | undefined;
let opened: DataFolder[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oriel-folder-'));
  folder = join(root, 'data');
  opened = [];
});
afterEach(() => {
  for (const one of opened) one.close();
  disk?.unmount();
  disk = undefined;
  rmSync(root, { recursive: true, force: true });
});

const open = (options: Parameters<typeof openDataFolder>[1] = GATEWAY): DataFolder => {
  const one = openDataFolder(folder, options);
  opened.push(one);
  return one;
};
const closeAll = (): void => {
  for (const one of opened.splice(0)) one.close();
};
/** A folder with one account in it, on its own disk. */
function diskWithData(): SmallDisk {
  open().store.users.add({ name: 'Ann', role: 'admin', cameras: 'all' }, 1);
  closeAll();
  disk = mountSmallDisk(1024);
  const isBackedUp = (name: string): boolean => !/-(shm|wal)$/.test(name);
  cpSync(folder, join(disk.folder, 'data'), { recursive: true, filter: isBackedUp });
  folder = join(disk.folder, 'data');
  return disk;
}

describe('the key file', () => {
  test('an empty one is replaced when nothing was sealed with it', () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'oriel.key'), '');
    open();
    expect(readFileSync(join(folder, 'oriel.key'), 'utf8')).toMatch(/^.{44}\n$/);
  });

  test('an empty one is reported and not replaced when something was sealed with it', () => {
    open().store.cameras.add(DOOR, 1);
    closeAll();
    writeFileSync(join(folder, 'oriel.key'), '');
    expect(() => open()).toThrow(`The key file ${join(folder, 'oriel.key')} is damaged`);
    expect(readFileSync(join(folder, 'oriel.key'), 'utf8')).toBe('');
  });

  test('a disk that is full at the first start leaves no key file behind, and the next start makes it', () => {
    disk = mountSmallDisk(256);
    folder = join(disk.folder, 'data');
    mkdirSync(folder);
    disk.fill();
    expect(() => open()).toThrow(/^The disk of .* is full, so .* cannot be written\. Free some space there\.$/);
    expect(readdirSync(folder).filter((name) => name.startsWith('oriel.key'))).toEqual([]);
    disk.free();
    open().store.cameras.add(DOOR, 1);
    closeAll();
    expect(open().store.cameras.get(DOOR.id)?.password).toBe('sealed');
  });
});

describe('a folder that cannot be written to', () => {
  test.each(['read-only', 'full'])('%s: its data can be read, and every change is refused with a sentence', (how) => {
    const place = diskWithData();
    if (how === 'full') place.fill();
    else place.remount('ro');
    const { store, readOnly } = open();
    expect(store.users.byName('ann')?.role).toBe('admin');
    expect(readOnly?.message).toContain(how === 'full' ? 'is full' : 'cannot be written');
    expect(() => store.users.add({ name: 'Bob', role: 'viewer', cameras: 'all' }, 2)).toThrow(readOnly?.message);
    expect(store.problem()).toBe(readOnly);
    closeAll();
    if (how === 'full') place.free();
    else place.remount('rw');
    const again = open();
    again.store.users.add({ name: 'Bob', role: 'viewer', cameras: 'all' }, 2);
    expect(again.store.users.list().map(({ name }) => name)).toEqual(['Ann', 'Bob']);
  });

  test('when the disk fills up later, changes are refused and data is kept, and changes work again once there is room', () => {
    const place = diskWithData();
    const { store } = open();
    store.makeHaste();
    place.fill();
    const grow = (): void => {
      for (let n = 0; n < 1000; n++)
        store.users.add({ name: `${n} ${'x'.repeat(500)}`, role: 'viewer', cameras: 'all' }, 2);
    };
    expect(grow).toThrow(/^The disk of .* is full/);
    const { length } = store.users.list();
    store.audit.add({ who: 'Ann', event: 'noted-while-full' }, 3);
    expect(store.problem()?.message).toContain('is full');
    store.look();
    expect(store.problem()?.message).toContain('is full');
    place.free();
    store.look();
    expect(store.problem()).toBeUndefined();
    expect(store.audit.list(1)[0]?.event).toBe('noted-while-full');
    store.users.add({ name: 'Bob', role: 'viewer', cameras: 'all' }, 2);
    closeAll();
    expect(open().store.users.list()).toHaveLength(length + 1);
  });
});

test.each([
  ['a store that is none', (file: string) => writeFileSync(file, 'no database '.repeat(1000))],
  ['a folder where the store should be', (file: string) => mkdirSync(file)],
])('%s is said with the file and what to do, and left alone', (_name, damage) => {
  mkdirSync(folder);
  const file = join(folder, 'oriel.sqlite');
  damage(file);
  expect(() => open()).toThrow(new RegExp(`${file} (is damaged|cannot be read)`));
  expect(existsSync(file)).toBe(true);
});

test.each(['/proc/oriel', '/proc/1/oriel/deeper', '/dev/null/data'])('%s is refused as a place for data', (place) => {
  folder = place;
  expect(() => open()).toThrow(/cannot be (made|written)/);
});

test('a folder that is deleted is noticed, and changes are refused from then on', () => {
  const { store } = open();
  rmSync(folder, { recursive: true });
  store.look();
  expect(store.problem()?.message).toContain('was deleted or replaced');
  expect(() => store.users.add({ name: 'Bob', role: 'viewer', cameras: 'all' }, 2)).toThrow('was deleted or replaced');
});

test('a second gateway is refused, but a visitor is not', () => {
  open();
  expect(() => open()).toThrow(`Another gateway runs with the data folder ${folder}`);
  open({ as: 'visitor', make: false }).store.users.add({ name: 'Bob', role: 'viewer', cameras: 'all' }, 2);
  closeAll();
  open();
});
