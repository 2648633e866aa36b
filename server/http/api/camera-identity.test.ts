import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TokenCreated } from '../../../shared/api.ts';
import type { ShareCreated } from '../../../shared/share-link.ts';
import { Database } from '../../store/database.ts';
import { call, startTestGateway, type TestGateway, testCamera, watch } from '../testing/test-gateway.ts';

let folder: string;
let gateway: TestGateway;
let admin: string;
let limited: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oriel-identity-'));
  gateway = await startTestGateway({ storeFile: join(folder, 'store.sqlite') });
  await gateway.addUser('admin', 'admin');
  admin = await gateway.signIn('admin');
});
afterEach(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

/** A link, a token and an account for this camera and for no other. */
async function giveRights(camera: string): Promise<{ readonly link: string; readonly token: string }> {
  const link = await call(gateway, 'POST', '/api/shares', { cookie: admin, body: { camera } });
  const body = { name: 'robot', role: 'viewer', cameras: [camera] };
  const token = await call(gateway, 'POST', '/api/tokens', { cookie: admin, body });
  await gateway.addUser('neighbour', 'viewer', [camera]);
  limited = await gateway.signIn('neighbour');
  return { link: (link.body as ShareCreated).token, token: (token.body as TokenCreated).token };
}

async function whoSees(camera: string, { link, token }: { link: string; token: string }): Promise<unknown[]> {
  const ways = [{ token: link }, { token }, { cookie: limited }];
  const answers = await Promise.all(ways.map((way) => call(gateway, 'GET', `/api/cameras/${camera}`, way)));
  return answers.map(({ code }) => code ?? 'sees it');
}

const ALL = ['sees it', 'sees it', 'sees it'];
const NOBODY = ['share-revoked', 'not-allowed', 'not-allowed'];

test('when an id of the config later means a camera at another place, people with rights to the old one cannot see it', async () => {
  const rights = await giveRights('door');
  const [guest, neighbour] = [gateway.openPage({}, { token: rights.link }), gateway.openPage({ cookie: limited })];
  const ended = [guest, neighbour].map((page) => new Promise((resolve) => page.once('viewer-ended', resolve)));
  for (const page of [guest, neighbour]) {
    expect(await watch(page, 'door')).toHaveProperty('viewer');
  }
  gateway.cameras.configure([testCamera('door', { url: 'rtsp://192.0.2.99/door' })]);
  await Promise.all(ended);
  expect(gateway.hub.viewers()).toEqual([]);
  expect(await whoSees('door', rights)).toEqual(NOBODY);
});

test('the same goes for a camera that was taken out of the config for a while, and for one of the dashboard', async () => {
  const rights = await giveRights('door');
  gateway.cameras.configure([]);
  const body = { id: 'door', name: 'Door', url: 'rtsp://192.0.2.50/' };
  expect((await call(gateway, 'POST', '/api/cameras', { cookie: admin, body })).status).toBe(201);
  expect(await whoSees('door', rights)).toEqual(NOBODY);
});

test('a camera that stays where it is keeps its rights, whatever else changes and however often it leaves', async () => {
  const rights = await giveRights('door');
  gateway.cameras.configure([testCamera('door', { name: 'Front', username: 'a', password: 'b', transport: 'tcp' })]);
  expect(await whoSees('door', rights)).toEqual(ALL);
  gateway.cameras.configure([]);
  gateway.cameras.configure([testCamera('door', { url: 'rtsps://192.0.2.7/door' })]);
  expect(await whoSees('door', rights)).toEqual(ALL);
});

test('a camera that somebody moves in the dashboard is the same one', async () => {
  const camera = { id: 'shed', name: 'Shed', url: 'rtsp://192.0.2.50/' };
  await call(gateway, 'POST', '/api/cameras', { cookie: admin, body: camera });
  const rights = await giveRights('shed');
  const body = { url: 'rtsp://192.0.2.51/' };
  expect((await call(gateway, 'PATCH', '/api/cameras/shed', { cookie: admin, body })).status).toBe(200);
  gateway.cameras.configure([testCamera('door')]);
  expect(await whoSees('shed', rights)).toEqual(ALL);
});

test('a camera is removed together with everything that was given for it, or not at all', async () => {
  const camera = { id: 'shed', name: 'Shed', url: 'rtsp://192.0.2.50/' };
  await call(gateway, 'POST', '/api/cameras', { cookie: admin, body: camera });
  const rights = await giveRights('shed');
  const disk = new Database(join(folder, 'store.sqlite'));
  disk.execute("CREATE TRIGGER broken BEFORE DELETE ON cameras BEGIN SELECT RAISE(FAIL, 'power cut'); END");
  expect((await call(gateway, 'DELETE', '/api/cameras/shed', { cookie: admin })).status).toBe(500);
  expect(gateway.store.shares.openOfCamera('shed')).toHaveLength(1);
  disk.execute('DROP TRIGGER broken');
  disk.close();
  expect((await call(gateway, 'DELETE', '/api/cameras/shed', { cookie: admin })).status).toBe(204);
  expect(gateway.store.shares.openOfCamera('shed')).toEqual([]);
  await call(gateway, 'POST', '/api/cameras', { cookie: admin, body: { ...camera, url: 'rtsp://192.0.2.60/' } });
  expect(await whoSees('shed', rights)).toEqual(NOBODY);
});
