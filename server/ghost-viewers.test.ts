import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type App, startApp } from './app.ts';
import { parseConfig } from './config/load.ts';
import { INSIDE, OUTSIDE, TestNetwork } from './outputs/webrtc/testing/network.ts';
import { createLog } from './platform/log.ts';
import { assetPath } from './platform/paths.ts';

const TOKEN = 'the-token-of-every-viewer';
const AUTHORIZATION = { authorization: `Bearer ${TOKEN}` };
const KINDS = [
  ...['hls', 'live.mp4', 'live.mp4 by WebSocket', 'rtsp over TCP', 'rtsp over UDP'],
  ...['webrtc by WHEP over TCP', 'webrtc by WHEP over UDP', 'webrtc by a page socket'],
];
/** Nothing may hold a seat or a camera for longer once it is gone. */
const GONE_WITHIN_MS = 15_000;
const COME_WITHIN_MS = 60_000;

let network: TestNetwork;
let app: App;
let data: string;
let viewers: ReturnType<TestNetwork['start']>;

beforeEach(async () => {
  network = new TestNetwork();
  data = mkdtempSync(join(tmpdir(), 'oriel-ghosts-'));
  const rtsp = await freePort();
  const url = `clip://${assetPath('main-720p.h264')}?fps=25`;
  const config = {
    http: { host: OUTSIDE, port: 0 },
    webrtc: { host: OUTSIDE, port: 0 },
    rtsp: { host: OUTSIDE, port: rtsp },
    sources: { lingerSeconds: 0 },
    auth: { tokens: [{ name: 'viewers', role: 'admin', token: TOKEN }] },
    cameras: [{ id: 'yard', name: 'Yard', url }],
  };
  const log = createLog('silent');
  app = await startApp({ config: parseConfig(JSON.stringify(config), 'test.json', {}), data, log, demo: undefined });
  viewers = network.start(new URL('testing/every-viewer.ts', import.meta.url), {
    http: app.url,
    token: TOKEN,
    camera: 'yard',
    address: INSIDE,
    rtsp: `rtsp://token:${TOKEN}@${OUTSIDE}:${rtsp}`,
  });
  const seen = new Set<string>();
  createInterface({ input: viewers.stdout }).on('line', (line) => seen.add(line));
  await expect.poll(() => [...seen].sort(), { timeout: COME_WITHIN_MS }).toEqual(KINDS);
}, COME_WITHIN_MS + 10_000);

afterEach(async () => {
  await kill();
  network.close();
  await app.stop();
  rmSync(data, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, OUTSIDE);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The whole group, whoever of it still lives. */
async function kill(): Promise<void> {
  if (viewers.exitCode !== null || viewers.signalCode !== null) return;
  const ended = once(viewers, 'exit');
  process.kill(-(viewers.pid as number), 'SIGKILL');
  await ended;
}

async function sitting(): Promise<string[]> {
  const response = await fetch(`${app.url}/api/viewers`, { headers: AUTHORIZATION });
  return ((await response.json()) as { kind: string }[]).map(({ kind }) => kind).sort();
}

async function cameraConnections(): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`, { headers: AUTHORIZATION })).text();
  return Number(/^oriel_sources_running (\d+)$/m.exec(text)?.[1]);
}

it.each([
  ['are killed', kill],
  ['are cut off, so that nothing tells of their end', async () => network.cut()],
])(
  'viewers of every kind that %s give up their seats and the camera within 15 s',
  async (_name, lose) => {
    const everyOne = ['hls', 'mp4', 'mp4', 'rtsp', 'rtsp', 'webrtc', 'webrtc', 'webrtc'];
    await expect.poll(sitting, { timeout: GONE_WITHIN_MS }).toEqual(everyOne);
    expect(await cameraConnections()).toBe(1);
    await lose();
    await expect.poll(sitting, { timeout: GONE_WITHIN_MS, interval: 250 }).toEqual([]);
    await expect.poll(cameraConnections, { timeout: 2000 }).toBe(0);
  },
  60_000,
);
