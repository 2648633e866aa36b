import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import pino from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { DahuaCloud, type DahuaCloudOptions } from '../../simulators/dahua-cloud.ts';
import { DahuaDevice, type DahuaDeviceOptions } from '../../simulators/dahua-device.ts';
import { DahuaDevices, type DeviceLease } from './dahua-devices.ts';
import type { SessionTimings } from './session-timings.ts';

const SERIAL = '4C0A1B2PAJ12345';
const IDENTITY = { user: 'app', key: 'secret' };
const LOGIN = { username: 'admin', password: 'secret1', salt: '5daf91fc5cfc1be8e081cfb08f792726' };
const NOBODY = new AbortController().signal;
const REALM = { signal: NOBODY, timeoutMs: 5000 };
const log = pino({ level: 'silent' });
const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Answers every connection with what was written to it. */
async function startEcho(): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

type Lab = { cloud: DahuaCloud; device: DahuaDevice; devices: DahuaDevices };

async function startLab(
  device: Partial<DahuaDeviceOptions> = {},
  cloudOptions: Partial<DahuaCloudOptions> = {},
  timings: Partial<SessionTimings> = {},
): Promise<Lab> {
  const cloud = await DahuaCloud.start({ ...IDENTITY, ...cloudOptions });
  const ports = { 37777: await startEcho() };
  const started = await DahuaDevice.start({ serial: SERIAL, cloud, ports, ...device });
  const devices = new DahuaDevices({
    clock: systemClock,
    log,
    clouds: [cloud.profile],
    timings: { punchMs: 1500, ...timings },
  });
  cleanups.push(
    () => cloud.close(),
    () => started.close(),
    () => devices.close(),
  );
  return { cloud, device: started, devices };
}

async function acquire(devices: DahuaDevices, login?: { username: string; password: string }): Promise<DeviceLease> {
  const lease = await devices.acquire(SERIAL, login, NOBODY);
  cleanups.push(() => lease.release());
  return lease;
}

async function echo(lease: DeviceLease, bytes: number): Promise<void> {
  const stream = await lease.session.openRealm(37777, REALM);
  const payload = randomBytes(bytes);
  const received = createHash('sha256');
  let count = 0;
  stream.on('data', (chunk: Buffer) => {
    received.update(chunk);
    count += chunk.length;
    if (count === bytes) stream.end();
  });
  stream.write(payload);
  await once(stream, 'close');
  expect([count, received.digest('hex')]).toEqual([bytes, createHash('sha256').update(payload).digest('hex')]);
}

describe.each([
  ['without a password', undefined],
  ['with a password', LOGIN],
])('a device %s', (_name, login) => {
  test.each([
    ['direct', false],
    ['relay', true],
  ])('is reached by the %s path', async (kind, isUnpunchable) => {
    const { devices } = await startLab(
      { knobs: { isUnpunchable }, ...(login ? { login } : {}) },
      {},
      { directGraceMs: 1000 },
    );
    const lease = await acquire(devices, login);
    expect(lease.session.best?.kind).toBe(kind);
    await echo(lease, 300_000);
  });
});
