import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { SecretBox } from '../platform/secrets.ts';
import type { AuditFilter } from './audit.ts';
import type { CameraSettings } from './cameras.ts';
import { Database, presentDrivers } from './database.ts';
import { migrate } from './migrations.ts';
import { createStore, type Store } from './store.ts';

const SECRETS = new SecretBox(Buffer.alloc(32, 1));
const DOOR: CameraSettings = {
  id: 'door' as CameraId,
  name: 'Front door',
  enabled: true,
  url: 'rtsp://192.0.2.1/stream1',
  username: 'admin',
  password: 'a-very-secret-word',
  whenOffline: 'hold',
  transport: 'auto',
};

describe.each(presentDrivers())('store on %s', (driver) => {
  let folder: string;
  let file: string;
  let store: Store;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oriel-store-'));
    file = join(folder, 'oriel.db');
    store = createStore({ file, secrets: SECRETS, driver });
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  const reopen = (secrets = SECRETS): void => {
    store.close();
    store = createStore({ file, secrets, driver });
  };

  const files = (): string[] => readdirSync(folder).map((name) => join(folder, name));

  test('only the user of the process can read its files', () => {
    store.users.add({ name: 'Ann', role: 'admin', cameras: 'all' }, 1);
    expect(files().length).toBeGreaterThan(1);
    for (const name of files()) expect([name, statSync(name).mode & 0o077]).toEqual([name, 0]);
  });

  test('everything survives a restart, and migrating again changes nothing', () => {
    const user = store.users.add({ name: 'Ann', role: 'operator', cameras: ['door'], passwordHash: 'hash' }, 1);
    store.cameras.add(DOOR, 2);
    store.memories.of('door').set('rung', 'tls1.2');
    const view = store.views.add(user.id, { name: 'All', layout: 'auto', cameras: ['door'] });
    reopen();
    expect(store.users.byName('ann')).toEqual(user);
    expect(store.cameras.list()).toEqual([DOOR]);
    expect(store.memories.of('door').get('rung')).toBe('tls1.2');
    expect(store.views.list(user.id)).toEqual([view]);
  });

  test('its files contain no secret', () => {
    store.cameras.add(DOOR, 1);
    store.cameras.update({ ...DOOR, password: 'another-secret-word' });
    const bytes = files()
      .map((name) => readFileSync(name, 'latin1'))
      .join();
    expect(bytes.includes('Front door')).toBe(true);
    expect(bytes.includes('secret-word')).toBe(false);
  });

  test('accounts of other addresses are sealed like the password and can be read back', () => {
    const camera = {
      ...DOOR,
      fallback: 'rtsp://192.0.2.2/1',
      accounts: { fallback: { username: 'bob-of-2', password: 'x-secret-word' } },
    };
    store.cameras.add(camera, 1);
    const bytes = files()
      .map((name) => readFileSync(name, 'latin1'))
      .join();
    expect(bytes).not.toMatch(/bob-of-2|secret-word/);
    reopen();
    expect(store.cameras.list()).toEqual([camera]);
  });

  test('a row of the first versions, which sealed only the password, can be read', () => {
    const database = new Database(file, driver);
    const { id, password = '', ...settings } = DOOR;
    const sealed = SECRETS.seal(password, `camera:${id}:password`);
    database.run('INSERT INTO cameras VALUES (?, ?, ?, ?)', id, JSON.stringify(settings), sealed, 1);
    database.close();
    reopen();
    expect(store.cameras.get(id)).toEqual(DOOR);
    store.cameras.update({ ...DOOR, name: 'Renamed' });
    reopen();
    expect(store.cameras.get(id)).toEqual({ ...DOOR, name: 'Renamed' });
  });

  test('with another key file cameras are there without their passwords', () => {
    store.cameras.add(DOOR, 1);
    reopen(new SecretBox(Buffer.alloc(32, 2)));
    const { password: _, ...rest } = DOOR;
    expect(store.cameras.get(DOOR.id)).toEqual(rest);
  });

  test('names of accounts are unique regardless of case', () => {
    store.users.add({ name: 'Ann', role: 'admin', cameras: 'all' }, 1);
    expect(() => store.users.add({ name: 'ANN', role: 'viewer', cameras: 'all' }, 1)).toThrow('is taken');
  });

  test('the last administrator cannot be removed or demoted', () => {
    const ann = store.users.add({ name: 'Ann', role: 'admin', cameras: 'all' }, 1);
    store.users.add({ name: 'Bob', role: 'admin', cameras: ['door'] }, 1);
    expect(() => store.users.remove(ann.id, 1)).toThrow('last administrator');
    expect(() => store.users.update(ann.id, { role: 'viewer' })).toThrow('last administrator');
    expect(() => store.users.update(ann.id, { cameras: ['door'] })).toThrow('last administrator');
    store.users.add({ name: 'Cid', role: 'admin', cameras: 'all' }, 1);
    store.users.remove(ann.id, 1);
    expect(store.users.get(ann.id)).toBeUndefined();
  });

  test('sign-ins, links and views are deleted with their account', () => {
    const user = store.users.add({ name: 'Ann', role: 'viewer', cameras: 'all' }, 1);
    store.sessions.add({ userId: user.id }, user.passwordHash, 'hash', 1);
    store.signInLinks.add(user.id, 'link', 1000);
    store.views.add(user.id, { name: 'All', layout: 'auto', cameras: [] });
    store.users.remove(user.id, 1);
    expect(store.sessions.find('hash')).toBeUndefined();
    expect(store.signInLinks.take('link')).toBeUndefined();
    expect(store.views.list(user.id)).toEqual([]);
  });

  test('a one-time link works once, and only the newest', () => {
    const { id } = store.users.add({ name: 'Ann', role: 'viewer', cameras: 'all' }, 1);
    store.signInLinks.add(id, 'first', 100);
    store.signInLinks.add(id, 'second', 100);
    expect(store.signInLinks.take('first')).toBeUndefined();
    expect(store.signInLinks.take('second')).toEqual({ userId: id, expiresAt: 100 });
    expect(store.signInLinks.take('second')).toBeUndefined();
  });

  test('a share keeps all its limits, can be revoked once, and can only be found by its token', () => {
    const dailyWindow = { from: '08:00', to: '18:00', timeZone: 'Europe/Zurich' };
    const limits = { expiresAt: 900, dailyWindow, maxViewers: 2, audio: false, quality: 'sub' } as const;
    const share = store.shares.add({ camera: 'door', label: 'Neighbour', createdBy: 'Ann', ...limits }, 'hash', 5);
    expect(store.shares.find('hash')).toEqual({ ...share, ...limits });
    expect(store.shares.find(share.id)).toBeUndefined();
    expect(store.shares.revoke(share.id, 7)).toBe(true);
    expect(store.shares.revoke(share.id, 8)).toBe(false);
    expect(store.shares.get(share.id)?.revokedAt).toBe(7);
  });

  test('the audit log is newest first, in pages, without credentials', () => {
    for (const n of [1, 2, 3]) store.audit.add({ who: 'Ann', event: `event-${n}`, detail: 'rtsp://a:b@192.0.2.1/' }, n);
    const [newest, next] = store.audit.list(2);
    expect([newest?.event, next?.event]).toEqual(['event-3', 'event-2']);
    expect(newest?.detail).toBe('rtsp://***@192.0.2.1/');
    expect(store.audit.list(2, next?.id).map(({ event }) => event)).toEqual(['event-1']);
    const found = (only: AuditFilter) => store.audit.list(9, undefined, only).map(({ event }) => event);
    expect(found({ event: 'event-2' })).toEqual(['event-2']);
    expect(found({ text: 'ANN', event: 'event-3' })).toEqual(['event-3']);
    expect(found({ text: 'nobody' })).toEqual([]);
    store.audit.add({ who: 'Ann', event: 'camera-added', subject: 'yard' }, 4);
    expect(found({ text: 'garden', subjects: ['yard'] })).toEqual(['camera-added']);
  });

  test('a transaction that fails leaves nothing behind', () => {
    const database = new Database(':memory:', driver);
    migrate(database);
    const add = "INSERT INTO camera_memory VALUES ('door', 'rung', 'x')";
    expect(() =>
      database.transaction(() => {
        database.run(add);
        database.run(add);
      }),
    ).toThrow();
    expect(database.all('SELECT * FROM camera_memory')).toEqual([]);
    database.close();
  });

  test('a store of a newer version is left alone', () => {
    const database = new Database(':memory:', driver);
    database.execute('PRAGMA user_version = 999');
    expect(() => migrate(database)).toThrow('newer Oriel');
    database.close();
  });
});
