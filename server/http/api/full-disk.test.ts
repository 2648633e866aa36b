import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ShareCreated, ShareView } from '../../../shared/share-link.ts';
import { Database } from '../../store/database.ts';
import { call, startTestGateway, type TestGateway, viewerIn, watch } from '../testing/test-gateway.ts';

let folder: string;
let gateway: TestGateway;
/** Another process locks the data file, so that nothing can be written, as on a full disk. */
let other: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oriel-full-'));
  const storeFile = join(folder, 'store.sqlite');
  gateway = await startTestGateway({ storeFile });
  gateway.store.makeHaste();
  other = new Database(storeFile);
});
afterEach(async () => {
  other.close();
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

test('a link that is revoked while nothing can be written ends at once, stays refused, and can be stored later', async () => {
  await gateway.addUser('admin', 'admin');
  const cookie = await gateway.signIn('admin');
  const body = { camera: 'door', label: 'Guest' };
  const link = (await call(gateway, 'POST', '/api/shares', { cookie, body })).body as ShareCreated;
  const page = gateway.openPage({}, { token: link.token });
  viewerIn(await watch(page, 'door'));
  const ended = new Promise((resolve) => page.once('viewer-ended', resolve));
  const takeBack = () => call(gateway, 'DELETE', `/api/shares/${link.id}`, { cookie });

  other.execute('BEGIN IMMEDIATE');
  // The answer says that it could not be stored, because after a restart the link would work again.
  expect((await takeBack()).code).toBe('data-failed');
  expect(await ended).toMatchObject({ code: 'share-revoked' });
  expect(gateway.hub.viewers()).toEqual([]);
  const open = () => call(gateway, 'GET', '/api/cameras/door', { token: link.token });
  expect((await open()).code).toBe('share-revoked');

  other.execute('COMMIT');
  expect((await takeBack()).status).toBe(204);
  const [share] = (await call(gateway, 'GET', '/api/shares', { cookie })).body as ShareView[];
  expect(share?.state).toBe('revoked');
  expect((await open()).code).toBe('share-revoked');
});
