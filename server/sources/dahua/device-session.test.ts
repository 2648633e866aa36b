import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { asGatewayError } from '../../platform/errors.ts';
import type { DeviceCredentials } from '../../protocols/dahua/device-auth.ts';
import { DahuaCloud, type DahuaCloudOptions } from '../../simulators/dahua-cloud.ts';
import { DahuaDevice, type DahuaDeviceOptions } from '../../simulators/dahua-device.ts';
import type { DahuaDeviceKnobs } from '../../simulators/dahua-device-knobs.ts';
import { DahuaDevices, type DeviceLease } from './dahua-devices.ts';
import type { SessionTimings } from './session-timings.ts';

const SERIAL = '4C0A1B2PAJ12345';
const IDENTITY = { user: 'app', key: 'secret' };
const LOGIN = { username: 'admin', password: 'secret1', salt: '5daf91fc5cfc1be8e081cfb08f792726' };
const NOBODY = new AbortController().signal;
const REALM = { signal: NOBODY, timeoutMs: 5000 };
const logged: string[] = [];
const log = pino({ level: 'debug' }, { write: (line) => void logged.push(line) });
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

async function echo(lease: DeviceLease, bytes: number, existing?: Duplex): Promise<void> {
  const stream = existing ?? (await lease.session.openRealm(37777, REALM));
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
    const lab = await startLab({ knobs: { isUnpunchable }, ...(login ? { login } : {}) }, {}, { directGraceMs: 300 });
    const lease = await acquire(lab.devices, login);
    expect(lease.session.best?.kind).toBe(kind);
    await echo(lease, 300_000);
  });
});

describe('a device that is difficult', () => {
  test.each<[string, Partial<DahuaDeviceKnobs>, string]>([
    ['knocks before it is asked', { asksFirst: true }, 'direct'],
    ['cuts frames anywhere', { framing: 'shuffled' }, 'direct'],
    ['gives no sign', { sign: 'silent' }, 'direct'],
    ['refuses the sign', { sign: 'refused' }, 'relay'],
    ['sends segments nobody knows', { sendsUnknown: true }, 'direct'],
    ['closes its window for a while', { stallsMs: 400 }, 'direct'],
    ['has sequence numbers about to wrap', { tcp: { initialSequence: 2 ** 32 - 100_000 } }, 'direct'],
    [
      'sits behind a bad network',
      { directFaults: { lossPercent: 2, duplicatePercent: 2, reorderPercent: 2 } },
      'direct',
    ],
  ])('%s', async (_name, knobs, kind) => {
    const { devices } = await startLab({ knobs });
    const lease = await acquire(devices);
    expect(lease.session.best?.kind).toBe(kind);
    await echo(lease, 200_000);
  });

  test('and a cloud that shows neither salt nor patience', async () => {
    const login = { ...LOGIN, tellsSalt: false };
    const cloud = { salt: LOGIN.salt, dispatcherSilences: 2, clockOffsetMs: 3_600_000 };
    const { devices } = await startLab({ login }, cloud);
    await echo(await acquire(devices, LOGIN), 10_000);
  });
});

describe('what goes wrong is said', () => {
  const failure = async (lab: Lab, serial = SERIAL, login?: DeviceCredentials): Promise<string> => {
    const error = await lab.devices.acquire(serial, login, NOBODY).then(() => undefined, asGatewayError);
    expect(error?.message).not.toContain(serial);
    return error?.code ?? 'nothing went wrong';
  };

  test('a serial number that no cloud knows', async () => {
    expect(await failure(await startLab(), '4C0A1B2PAJ00000')).toBe('device-unknown');
  });

  test('a device that is off', async () => {
    const lab = await startLab();
    lab.device.isOnline = false;
    expect(await failure(lab)).toBe('device-offline');
  });

  test('a device that wants a password', async () => {
    expect(await failure(await startLab({ login: LOGIN }))).toBe('needs-password');
  });

  test('a wrong password, offered once however many streams ask', async () => {
    const lab = await startLab({ login: LOGIN });
    const wrong = { username: 'admin', password: 'guess' };
    expect(await Promise.all([failure(lab, SERIAL, wrong), failure(lab, SERIAL, wrong)])).toEqual([
      'wrong-password',
      'wrong-password',
    ]);
    expect(await failure(lab, SERIAL, wrong)).toBe('wrong-password');
    expect(lab.device.refusals).toBe(1);
    expect(lab.cloud.requests.filter((path) => path.endsWith('relay-channel'))).toEqual([]);
  });

  test('an application identity that the cloud has retired', async () => {
    const { cloud } = await startLab();
    const profile = { ...cloud.profile, key: 'retired' };
    const devices = new DahuaDevices({ clock: systemClock, log, clouds: [profile] });
    expect(await failure({ devices } as Lab)).toBe('config-invalid');
  });

  test('no way at all', async () => {
    const lab = await startLab({ knobs: { isUnpunchable: true } }, {}, { punchMs: 300, relayJoinMs: 500 });
    lab.device.isRelayCut = true;
    const attempt = lab.devices.acquire(SERIAL, undefined, NOBODY);
    await expect(attempt).rejects.toMatchObject({
      code: 'no-direct-path',
      message: expect.stringContaining('did not come to the relay'),
    });
  });

  test('a port nobody listens on', async () => {
    const lease = await acquire((await startLab()).devices);
    await expect(lease.session.openRealm(81, REALM)).rejects.toMatchObject({ code: 'refused' });
  });

  test('an impatient caller', async () => {
    const { devices } = await startLab({ knobs: { isAsleep: true } });
    const abort = new AbortController();
    const attempt = devices.acquire(SERIAL, undefined, abort.signal);
    setTimeout(() => abort.abort(), 100);
    await expect(attempt).rejects.toMatchObject({ code: 'stopping' });
  });
});

test('the second cloud is asked when the first does not know the device', async () => {
  const { cloud } = await startLab();
  const stranger = await DahuaCloud.start(IDENTITY);
  const devices = new DahuaDevices({ clock: systemClock, log, clouds: [stranger.profile, cloud.profile] });
  cleanups.push(
    () => stranger.close(),
    () => devices.close(),
  );
  await echo(await acquire(devices), 1000);
});

test('eight realms share one session without starving each other', async () => {
  const { devices, device } = await startLab();
  const lease = await acquire(devices);
  const total = 1 << 20;
  const progress = new Array<number>(8).fill(0);
  let slowestAtFirstEnd = total;
  const one = async (index: number): Promise<void> => {
    const stream = await lease.session.openRealm(37777, REALM);
    stream.write(Buffer.alloc(total, index));
    for await (const chunk of stream) {
      progress[index] = (progress[index] ?? 0) + chunk.length;
      if (progress[index] === total) stream.end();
    }
    slowestAtFirstEnd = Math.min(slowestAtFirstEnd, ...progress);
  };
  await Promise.all(progress.map((_, index) => one(index)));
  expect(progress).toEqual(progress.map(() => total));
  expect(slowestAtFirstEnd).toBeGreaterThan(total * 0.6);
  await expect.poll(() => device.realms).toBe(0);
});

test('a direct path on which nothing is answered gives way to the relay', async () => {
  const { devices } = await startLab({ knobs: { isDeafOnDirect: true } });
  const lease = await acquire(devices);
  expect(lease.session.best?.kind).toBe('direct');
  const attempt = lease.session.openRealm(37777, { signal: NOBODY, timeoutMs: 300 });
  await expect(attempt).rejects.toMatchObject({ code: 'timeout' });
  expect(lease.session.best?.kind).toBe('relay');
  await echo(lease, 10_000);
});

describe('a path that dies', () => {
  const quick = { deadAfterMs: 3000, rebuildFirstMs: 500, rebuildMaxMs: 1000 };

  test('leaves its work to the relay within four seconds, and gets it back when it recovers', async () => {
    const { devices, device } = await startLab({}, {}, quick);
    const { session } = await acquire(devices);
    const stream = await session.openRealm(37777, REALM);
    stream.resume();
    device.isDirectCut = true;
    const cutMs = performance.now();
    await expect.poll(() => session.best?.kind, { timeout: 8000, interval: 20 }).toBe('relay');
    expect(performance.now() - cutMs).toBeLessThan(4000);
    device.isDirectCut = false;
    await expect.poll(() => session.best?.kind, { timeout: 12_000 }).toBe('direct');
    stream.destroy();
  });

  test('is rebuilt when it stays dead', async () => {
    const { devices, device } = await startLab({}, {}, { ...quick, idleSuspectAfterMs: 500, deadAfterMs: 1000 });
    const lease = await acquire(devices);
    const before = lease.session.best;
    device.isDirectCut = true;
    await expect.poll(() => lease.session.best?.kind, { timeout: 4000 }).toBe('relay');
    await sleep(800);
    device.isDirectCut = false;
    await expect.poll(() => lease.session.best?.kind, { timeout: 8000 }).toBe('direct');
    expect(lease.session.best).not.toBe(before);
    await echo(lease, 50_000);
  });

  test('is rebuilt when the device resets it', async () => {
    const { devices, device } = await startLab({}, {}, quick);
    const lease = await acquire(devices);
    const before = lease.session.best;
    device.reset();
    await expect.poll(() => lease.session.isUsable && lease.session.best !== before, { timeout: 12_000 }).toBe(true);
    await echo(lease, 10_000);
  });
});

test('a session is renewed before its sequence numbers end, and what is open stays open', async () => {
  const { devices } = await startLab({}, {}, { renewAfterBytes: 400_000, retireAfterBytes: 8_000_000 });
  const lease = await acquire(devices);
  const before = lease.session.best;
  const stream = await lease.session.openRealm(37777, REALM);
  await echo(lease, 500_000);
  await expect
    .poll(() => lease.session.best !== before && lease.session.best?.kind, { timeout: 12_000 })
    .toBe('direct');
  await echo(lease, 100_000, stream);
});

test('the last user closes everything: realms, relay, ports, timers', async () => {
  const { devices, device, cloud } = await startLab();
  const before = process.getActiveResourcesInfo().length;
  const lease = await devices.acquire(SERIAL, undefined, NOBODY);
  const stream = await lease.session.openRealm(37777, REALM);
  stream.resume();
  lease.release();
  await devices.close();
  await expect.poll(() => [device.realms, cloud.agents]).toEqual([0, 0]);
  await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before + 2);
});

test('two users of one device share its session', async () => {
  const { devices, cloud } = await startLab();
  const [first, second] = await Promise.all([acquire(devices), acquire(devices)]);
  expect(first.session).toBe(second.session);
  expect(cloud.requests.filter((path) => path.endsWith('p2p-channel'))).toHaveLength(1);
  first.release();
  await echo(second, 1000);
});

test('logs hold neither serial numbers nor proofs', async () => {
  const { devices } = await startLab({ login: LOGIN });
  await acquire(devices, LOGIN);
  expect(logged.join('')).toContain('dahua path is up');
  expect(logged.join('')).not.toMatch(new RegExp(`${SERIAL}|${LOGIN.password}|${LOGIN.salt}`));
});
