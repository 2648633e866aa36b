import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import pino from 'pino';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { ConnectStep } from '../../shared/camera.ts';
import type { CameraDevice, SourceContext } from '../hub/source.ts';
import { systemClock } from '../platform/clock.ts';
import { asGatewayError } from '../platform/errors.ts';
import { assetPath } from '../platform/paths.ts';
import { loadVideoClip, type VideoClip } from '../simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../simulators/rtsp-camera.ts';
import { dialDirect } from '../sources/connect.ts';
import { createKasaDevice } from '../sources/kasa/kasa-source.ts';
import { createRtspSource } from '../sources/rtsp/rtsp-source.ts';
import { veilDevice } from './veiled-device.ts';

const ATTEMPT_MS = 400;
let clip: VideoClip;
let server: Server | undefined;
let camera: RtspCamera | undefined;
let facts: Map<string, string>;

beforeAll(async () => {
  const whole = await loadVideoClip(assetPath('sub-360p.h264'));
  clip = { ...whole, fps: 50, frames: whole.frames.slice(0, 10) };
});
afterEach(async () => {
  server?.close();
  await camera?.close();
  [server, camera] = [undefined, undefined];
});

async function listen(serve: (socket: Socket) => void): Promise<number> {
  server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

type Look = {
  readonly code?: string;
  readonly message?: string;
  readonly steps: ConnectStep[];
  readonly tookMs: number;
};

/** One attempt at an address, with what an operator sees of it. */
async function look(url: string, more: { transport?: 'tcp' | 'http' } = {}): Promise<Look> {
  const memory = {
    get: (key: string) => facts.get(key),
    set: (key: string, value: string) => void facts.set(key, value),
  };
  const context: SourceContext = { dial: dialDirect, clock: systemClock, log: pino({ level: 'silent' }), memory };
  const spec = { url, transport: more.transport ?? ('tcp' as const), connectTimeoutMs: 2000 };
  const device: CameraDevice = url.startsWith('kasa')
    ? createKasaDevice(spec, context)
    : { source: createRtspSource(spec, context) };
  const { source } = veilDevice(device, { url, memory, clock: systemClock, attemptMs: ATTEMPT_MS });
  const steps: ConnectStep[] = [];
  const stop = new AbortController();
  const startedMs = performance.now();
  const sink = { tracks: () => {}, publish: () => stop.abort(), step: (step: ConnectStep) => void steps.push(step) };
  const error = await source.run(sink, stop.signal).then(
    () => undefined,
    (reason: unknown) => asGatewayError(reason),
  );
  const tookMs = performance.now() - startedMs;
  return { steps, tookMs, ...(error ? { code: error.code, message: error.message } : {}) };
}

const CLOSED = async (): Promise<number> => {
  const port = await listen(() => {});
  server?.close();
  return port;
};
const SPEAKING = 'SSH-2.0-OpenSSH_9.6\r\n';
const WEB = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n';

const PLACES: [string, () => Promise<number>][] = [
  ['a closed port', CLOSED],
  ['a port that hangs up', () => listen((socket) => socket.destroy())],
  ['a port that says nothing', () => listen(() => {})],
  ['another protocol that speaks first', () => listen((socket) => socket.write(SPEAKING))],
  ['a web server', () => listen((socket) => socket.once('data', () => socket.end(WEB)))],
];

test.each([
  ['rtsp', 'tcp'],
  ['rtsp', 'http'],
  ['kasa', 'tcp'],
] as const)('%s over %s: what is no camera cannot be told from a closed port', async (scheme, transport) => {
  const looks: Look[] = [];
  for (const [, open] of PLACES) {
    facts = new Map();
    // Kasa addresses need ports above 9000, and all ports of tests are.
    looks.push(await look(`${scheme}://127.0.0.1:${await open()}`, { transport }));
    server?.close();
  }
  const seen = looks.map(({ code, message, steps }) => ({ code, message, steps }));
  expect(seen).toEqual(seen.map(() => seen[0]));
  expect(seen[0]).toMatchObject({ code: 'timeout', steps: ['connecting'] });
  for (const { tookMs } of looks) expect(tookMs).toBeGreaterThanOrEqual(ATTEMPT_MS - 1);
});

test('a camera that asks for a password is reported as such, and its later errors are reported as they are', async () => {
  facts = new Map();
  camera = await startRtspCamera({ paths: [{ path: '/live', clip, username: 'a', password: 'b' }] });
  const url = camera.url('/live');
  expect((await look(url)).code).toBe('needs-password');
  await camera.close();
  expect((await look(url)).code).toBe('refused');
});

test('a camera plays, with every step in its order', async () => {
  facts = new Map();
  camera = await startRtspCamera({ paths: [{ path: '/live', clip }] });
  const { code, steps } = await look(camera.url('/live'));
  expect({ code, steps }).toEqual({ code: undefined, steps: ['connecting', 'asking', 'waiting-for-picture'] });
});
