import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { call, PASSWORD, startTestGateway, watch } from './testing/test-gateway.ts';

function open(): { servers: number; sockets: number; timers: number } {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return { servers: counts.TCPServerWrap ?? 0, sockets: counts.TCPSocketWrap ?? 0, timers: counts.Timeout ?? 0 };
}

async function useAndStop(): Promise<void> {
  const gateway = await startTestGateway();
  await gateway.addUser('admin', 'admin');
  const cookie = await gateway.signIn('admin');
  const page = gateway.openPage({ cookie });
  await watch(page, 'door');
  await page.emitWithAck('talk-start', { camera: 'door' });
  const body = { camera: 'door', expiresAt: Date.now() + 3600_000 };
  await call(gateway, 'POST', '/api/shares', { cookie, body });
  await call(gateway, 'GET', '/metrics', { cookie });
  await gateway.stop();
}

/** What is open once nothing more closes; vitest's own waiting would count as timers. */
async function openAtRest(): Promise<ReturnType<typeof open>> {
  let last = open();
  for (let quiet = 0; quiet < 4; quiet++) {
    await sleep(100);
    const next = open();
    if (JSON.stringify(next) !== JSON.stringify(last)) quiet = 0;
    last = next;
  }
  return last;
}

test('after the stop no server, socket or timer is left', async () => {
  await useAndStop(); // What the first use brings up once for the process: DNS, fetch's own pool.
  const before = await openAtRest();
  for (let n = 0; n < 3; n++) await useAndStop();
  const after = await openAtRest();
  expect(after.servers).toBe(before.servers);
  expect(after.sockets).toBeLessThanOrEqual(before.sockets);
  expect(after.timers).toBeLessThanOrEqual(before.timers + 1);
});

test('stopping twice is stopping once', async () => {
  const gateway = await startTestGateway();
  await Promise.all([gateway.server.close(), gateway.server.close()]);
  await expect(fetch(gateway.origin)).rejects.toThrow();
  await gateway.hub.stop();
  gateway.store.close();
});

test('a port that is taken is said in a sentence', async () => {
  const first = await startTestGateway();
  const port = Number(new URL(first.origin).port);
  await expect(startTestGateway({ port })).rejects.toThrow(`Port ${port} is taken by another program.`);
  await first.stop();
});

test('a stolen store opens nothing: no session, link, token or password stands in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oriel-stolen-'));
  const gateway = await startTestGateway({ storeFile: join(folder, 'oriel.sqlite') });
  const admin = await gateway.addUser('admin', 'admin');
  const cookie = await gateway.signIn('admin');
  const made = async (path: string, body: object): Promise<string> =>
    ((await call(gateway, 'POST', path, { cookie, body })).body as { token: string }).token;
  const tokens = [
    await made('/api/shares', { camera: 'door' }),
    await made('/api/tokens', { name: 'x', role: 'viewer' }),
  ];
  await made('/api/cameras', { name: 'Shed', url: 'rtsp://a:camera-password@192.0.2.7/' });
  const link = gateway.auth.signIns.createLink(admin);
  const session = /oriel_session=([^;]+)/.exec(cookie)?.[1] ?? '';
  const kept = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join();
  expect(kept).toContain('192.0.2.7');
  const secrets = [PASSWORD, 'camera-password', link, session, ...tokens];
  expect(secrets.filter((secret) => secret.length < 10 || kept.includes(secret))).toEqual([]);
  await gateway.stop();
  rmSync(folder, { recursive: true });
});
