import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CameraDetail } from '../shared/camera-api.ts';
import type { ProbeReport } from '../shared/probe-report.ts';
import { type App, startApp } from './app.ts';
import { parseConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { OUTSIDE, TestNetwork } from './outputs/webrtc/testing/network.ts';
import { makeEdgeDevice } from './sources/tunnel/testing/edge-device.ts';

const API_TOKEN = 'the-token-of-every-viewer';
const DEVICE_TOKEN = 'the token of the device in the warehouse';
const AUTHORIZATION = { authorization: `Bearer ${API_TOKEN}` };
const LOGIN = { username: 'admin', password: 'secret' };
const KINDS = [
  ...['hls', 'live.mp4', 'live.mp4 by WebSocket', 'rtsp over TCP', 'rtsp over UDP'],
  ...['webrtc by WHEP over TCP', 'webrtc by WHEP over UDP', 'webrtc by a page socket'],
];

let network: TestNetwork;
let app: App;
let data: string;
let log: string[];
let port: number;
let rtspPort: number;
let groups: ChildProcess[];
let seen: { connections: number; requests: number; address: string };

beforeAll(makeEdgeDevice, 60_000);

beforeEach(async () => {
  network = new TestNetwork();
  data = mkdtempSync(join(tmpdir(), 'oriel-dial-in-'));
  [port, rtspPort] = [await freePort(), await freePort()];
  log = [];
  groups = [];
  seen = { connections: 0, requests: 0, address: '' };
  const written = pino({ level: 'debug' }, { write: (line: string) => log.push(line) });
  app = await startApp({ config: configOf(DEVICE_TOKEN), data, log: written, demo: undefined });
  const site = network.start(new URL('testing/far-site.ts', import.meta.url), {
    gateway: `${OUTSIDE}:${port}`,
    token: DEVICE_TOKEN,
    device: resolve('edge/build/oriel-edge'),
  });
  groups.push(site);
  createInterface({ input: site.stdout }).on('line', (line) => {
    seen = JSON.parse(line);
  });
  await expect.poll(() => log.join(''), { timeout: 30_000 }).toContain('a dial-in device is connected');
}, 60_000);

afterEach(async () => {
  for (const group of groups) {
    const ended = once(group, 'exit');
    process.kill(-(group.pid as number), 'SIGKILL');
    await ended;
  }
  await app.stop();
  network.close();
  rmSync(data, { recursive: true });
}, 30_000);

function configOf(token: string): Config {
  const raw = [
    { name: 'warehouse', port, token, host: '192.168.1.20' },
    { name: 'old', port: 0, token: 'none', from: ['203.0.113.0/24'] },
  ];
  const config = {
    http: { host: OUTSIDE, port: 0 },
    webrtc: { host: OUTSIDE, port: 0 },
    rtsp: { host: OUTSIDE, port: rtspPort },
    sources: { lingerSeconds: 0 },
    auth: { tokens: [{ name: 'viewers', role: 'admin', token: API_TOKEN }] },
    tunnel: { raw },
    cameras: [
      { id: 'door', url: 'tunnel://warehouse/live', ...LOGIN },
      { id: 'attic', url: 'tunnel://old/live' },
    ],
  };
  return parseConfig(JSON.stringify(config), 'test.json', {});
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, OUTSIDE);
  await once(server, 'listening');
  const { port: free } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return free;
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const headers = { ...AUTHORIZATION, 'content-type': 'application/json' };
  return (await (await fetch(`${app.url}${path}`, { ...init, headers })).json()) as T;
}

const doorState = async () => (await ask<CameraDetail>('/api/cameras/door')).main;

/** Reads the moving picture until the signal aborts. */
function watchDoor(): { bytes(): number; stop(): void } {
  const stop = new AbortController();
  let bytes = 0;
  const read = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const init = { headers: AUTHORIZATION, signal: stop.signal };
      const response = await fetch(`${app.url}/api/cameras/door/live.mp4`, init);
      for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).length;
    }
  };
  void read().catch(() => {});
  return { bytes: () => bytes, stop: () => stop.abort() };
}

test('a camera that the gateway cannot reach is shown over everything, and sends nothing while nobody watches', async () => {
  await expect.poll(() => seen.address).not.toBe('');
  const [host, cameraPort] = seen.address.split(':');
  await expect(once(connect(Number(cameraPort), host), 'connect')).rejects.toThrow('ECONNREFUSED');
  const before = network.bytesOut;
  await sleep(5000); // Nothing is waited for: this is the time in which nothing may happen.
  const unwatched = network.bytesOut - before;
  expect(unwatched).toBeLessThan(2000);
  expect(seen).toMatchObject({ connections: 0, requests: 0 });

  const program = resolve('server/testing/every-viewer.ts');
  const options = { http: app.url, token: API_TOKEN, camera: 'door', address: OUTSIDE };
  const rtsp = `rtsp://token:${API_TOKEN}@${OUTSIDE}:${rtspPort}`;
  const viewers = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify({ ...options, rtsp })], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  groups.push(viewers);
  const kinds = new Set<string>();
  createInterface({ input: viewers.stdout }).on('line', (line) => kinds.add(line));
  await expect.poll(() => [...kinds].sort(), { timeout: 60_000 }).toEqual(KINDS);
  expect(seen.connections).toBe(1);
}, 120_000);

test('it is probed through the gateway, a bare device is warned of, and a stranger is noted', async () => {
  const body = JSON.stringify({ url: 'tunnel://warehouse/live', ...LOGIN });
  const report = await ask<ProbeReport>('/api/cameras/probe', { method: 'POST', body });
  expect(report).toMatchObject({ video: { codec: 'h264', width: 1280 } });
  expect(report.error).toBeUndefined();
  const { facts } = await ask<CameraDetail>('/api/cameras/attic');
  expect(facts).toEqual([{ code: 'bare-tunnel', device: 'old', from: ['203.0.113.0/24'] }]);
  expect((await ask<CameraDetail>('/api/cameras/door')).facts).toEqual([]);
  const stranger = connect(port, OUTSIDE);
  stranger.write(`ORIEL/1 warehouse\nMAC ${'0'.repeat(64)}\n`);
  await once(stranger.resume(), 'close');
  await expect
    .poll(() => ask<object[]>('/api/audit?limit=5'))
    .toContainEqual(
      expect.objectContaining({
        event: 'device-refused',
        subject: 'warehouse',
        address: OUTSIDE,
        detail: 'wrong token',
      }),
    );
  expect(log.join('')).not.toContain(DEVICE_TOKEN);
}, 60_000);

test('a device that vanishes without a word is missed within 35 s, and its camera says that the device is away', async () => {
  const viewer = watchDoor();
  await expect.poll(viewer.bytes, { timeout: 30_000 }).toBeGreaterThan(100_000);
  const cutMs = Date.now();
  network.cut();
  await expect
    .poll(doorState, { timeout: 40_000, interval: 100 })
    .toMatchObject({ phase: 'offline', code: 'device-away' });
  expect(Date.now() - cutMs).toBeLessThan(35_000);
  viewer.stop();
}, 90_000);

test('a changed token ends the picture at once, and the one before brings it back', async () => {
  const viewer = watchDoor();
  await expect.poll(viewer.bytes, { timeout: 30_000 }).toBeGreaterThan(100_000);
  app.reconfigure(configOf('another token than before'));
  await expect.poll(() => seen.connections, { timeout: 5000 }).toBe(0);
  await expect.poll(doorState).toMatchObject({ phase: 'offline', code: 'device-away' });
  app.reconfigure(configOf(DEVICE_TOKEN));
  const before = viewer.bytes();
  await expect.poll(viewer.bytes, { timeout: 50_000 }).toBeGreaterThan(before + 100_000);
  viewer.stop();
}, 90_000);
