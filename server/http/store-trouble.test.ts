import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { call, startTestGateway, type TestGateway } from './testing/test-gateway.ts';

/** Another program that holds the file until it is told to let go. */
const HOLDER = `
  const database = new (require('libsql'))(process.argv[1]);
  database.exec('BEGIN EXCLUSIVE');
  process.stdout.write('held');
  process.stdin.once('data', () => { database.exec('COMMIT'); process.exit(); });
`;

let folder: string;
let gateway: TestGateway;
let cookie: string;
let holder: ChildProcess | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oriel-trouble-'));
  gateway = await startTestGateway({ storeFile: join(folder, 'oriel.sqlite') });
  await gateway.addUser('admin', 'admin');
  cookie = await gateway.signIn('admin');
});
afterEach(async () => {
  holder?.kill('SIGKILL');
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('while another program holds the store readers go on, a change waits for it, and nothing else does', async () => {
  holder = spawn(process.execPath, ['-e', HOLDER, join(folder, 'oriel.sqlite')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout as NodeJS.ReadableStream, 'data');
  const body = { camera: 'door', expiresAt: Date.now() + 3600_000 };
  const change = call(gateway, 'POST', '/api/shares', { cookie, body });
  let isAnswered = false;
  void change.then(() => {
    isAnswered = true;
  });
  // Each turn of the loop is a picture that could leave.
  for (let turn = 0; turn < 25; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await call(gateway, 'GET', '/api/cameras', { cookie })).status).toBe(200);
  }
  expect(isAnswered).toBe(false);
  holder.stdin?.write('let go');
  expect((await change).status).toBe(201);
  expect(gateway.store.audit.list(1)[0]?.event).toBe('share-made');
});

test('data that is gone is said: readyz is degraded, an administrator reads why, pictures and sign-ins go on', async () => {
  expect((await call(gateway, 'GET', '/readyz', {})).body).toEqual({ status: 'ok' });
  rmSync(folder, { recursive: true });
  gateway.store.look();
  expect(await call(gateway, 'GET', '/readyz', {})).toMatchObject({ status: 200, body: { status: 'degraded' } });
  const { body } = await call(gateway, 'GET', '/api/gateway', { cookie });
  expect(body).toMatchObject({ problem: { code: 'data-failed', message: expect.stringContaining('was deleted') } });
  expect((await call(gateway, 'GET', '/api/cameras', { cookie })).status).toBe(200);
  const share = { camera: 'door', expiresAt: Date.now() + 3600_000 };
  expect(await call(gateway, 'POST', '/api/shares', { cookie, body: share })).toMatchObject({
    status: 503,
    body: { error: { code: 'data-failed' } },
  });
});
