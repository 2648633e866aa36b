import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { CameraId } from '../../../shared/ids.ts';
import { CAMERA_WAIT_MS } from '../../hub/camera-wait.ts';
import { GatewayError } from '../../platform/errors.ts';
import { type ClipGateway, REFUSED, startClipGateway } from '../../testing/clip-gateway.ts';

let gateway: ClipGateway;

beforeEach(async () => {
  const clips = { door: 'sub-360p.h264', garden: 'long-gop-360p.h264', tall: 'main-720p.h265' };
  gateway = await startClipGateway({ ...clips, gone: REFUSED });
});
afterEach(() => gateway.close());

function open(path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(`${gateway.origin}/api/cameras/${path}`, { headers }, resolve).on('error', reject).end();
  });
}

async function videoTimes(bytes: Buffer): Promise<number[]> {
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const track = await input.getPrimaryVideoTrack();
  const times: number[] = [];
  if (track) for await (const packet of new EncodedPacketSink(track).packets()) times.push(packet.timestamp);
  return times;
}

/** The bytes that arrive within a time. */
async function take(response: IncomingMessage, ms: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('error', () => undefined);
  await new Promise((resolve) => setTimeout(resolve, ms));
  response.destroy();
  return Buffer.concat(chunks);
}

async function until(isReached: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!isReached() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isReached()).toBe(true);
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

test('the content type names the codecs, and proxies must not buffer it', async () => {
  const response = await open('door/live.mp4?token=listener');
  expect(response.headers).toMatchObject({
    'content-type': 'video/mp4; codecs="avc1.640016,flac"',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.destroy();
});

test.each([
  ['H.265 needs its own name', 'tall/live.mp4?token=listener', /codecs="hvc1\..*,flac"$/],
  ['?sound=no leaves the sound out', 'door/live.mp4?token=listener&sound=no', /codecs="avc1.640016"$/],
  ['a link without the right to listen too', 'door/live.mp4?token=deaf', /codecs="avc1.640016"$/],
])('%s', async (_name, path, type) => {
  const response = await open(path);
  expect(response.headers['content-type']).toMatch(type);
  response.destroy();
});

test('a viewer who joins late in a long group of pictures gets it from its key frame on, and then new pictures', async () => {
  const first = await open('garden/live.mp4?token=listener');
  first.resume();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const bytes = await take(await open('garden/live.mp4?token=listener'), 1000);
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const track = await input.getPrimaryVideoTrack();
  const packets: { type: string; timestamp: number }[] = [];
  if (track) for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  expect(packets[0]?.type).toBe('key');
  expect(packets.length).toBeGreaterThan(30);
  expect(packets.filter((packet) => packet.type === 'key')).toHaveLength(1);
  expect((packets.at(-1)?.timestamp ?? 0) - (packets[0]?.timestamp ?? 0)).toBeGreaterThan(2.2);
  first.destroy();
});

test.each([
  ['whoever asks for one', '&recap=yes', {}, true],
  ['a script in a browser, which says that it is one', '', { 'sec-fetch-dest': 'empty' }, true],
  ['such a script that wants none', '&recap=no', { 'sec-fetch-dest': 'empty' }, false],
  ['a media element', '', { 'sec-fetch-dest': 'video' }, false],
])('late in a long group of pictures a recap is for: %s', async (_name, query, headers, isRecap) => {
  const first = await open('garden/live.mp4?token=listener');
  first.resume();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const times = await videoTimes(await take(await open(`garden/live.mp4?token=listener${query}`, headers), 1000));
  const old = times.filter((time, index) => index > 0 && time - (times[index - 1] as number) < 0.03);
  expect(old.length > 10).toBe(isRecap);
  // Later pictures come at their own time.
  for (const index of [-1, -2, -3])
    expect((times.at(index) as number) - (times.at(index - 1) as number)).toBeCloseTo(1 / 15, 3);
  first.destroy();
});

test('ffmpeg plays picture and sound without an error', async () => {
  const url = `${gateway.origin}/api/cameras/door/live.mp4?token=listener`;
  const args = ['-v', 'warning', '-xerror', '-t', '3', '-i', url, '-f', 'null', '-'];
  const ffmpeg = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  ffmpeg.stderr.on('data', (chunk) => (complaints += chunk));
  const [code] = await once(ffmpeg, 'exit');
  expect([code, complaints]).toEqual([0, '']);
}, 60_000);

test('a viewer is counted while the connection lasts, and nothing is left behind', async () => {
  const response = await open('door/live.mp4?token=listener');
  response.resume();
  expect(gateway.hub.viewers()).toMatchObject([{ kind: 'mp4', who: 'listener', camera: 'door' }]);
  expect(gateway.fmp4.activeStreams).toBe(1);
  response.destroy();
  await until(() => gateway.hub.viewers().length === 0 && gateway.fmp4.activeStreams === 0);
  await until(() => gateway.hub.runningSources === 0);
});

/** What a WebSocket is told: texts and bytes, until it is closed. */
function openWebSocket(path: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${gateway.origin.replace('http', 'ws')}/api/cameras/${path}`, { headers });
  const texts: string[] = [];
  let bytes = Buffer.alloc(0);
  socket.on('message', (data, isBinary) => {
    if (isBinary) bytes = Buffer.concat([bytes, data as Buffer]);
    else texts.push(String(data));
  });
  const failed = new Promise<string>((resolve) => socket.on('error', ({ message }) => resolve(message)));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  return { socket, texts, failed, closed, bytes: () => bytes };
}

test('a WebSocket gets the type first and then the same bytes, and nothing is left behind', async () => {
  const { socket, texts, bytes } = openWebSocket('door/live.mp4?token=listener');
  await until(() => bytes().length > 50_000);
  expect(texts).toEqual(['video/mp4; codecs="avc1.640016,flac"']);
  expect(bytes().toString('latin1', 4, 8)).toBe('ftyp');
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes()) });
  expect(await (await input.getPrimaryVideoTrack())?.computeDuration()).toBeGreaterThan(0.5);
  expect(gateway.hub.viewers()).toMatchObject([{ kind: 'mp4', who: 'listener', camera: 'door' }]);
  socket.terminate();
  await until(() => gateway.hub.viewers().length === 0 && gateway.hub.runningSources === 0);
});

test('a revoked right ends a WebSocket at once', async () => {
  const { closed, bytes } = openWebSocket('door/live.mp4?token=listener');
  await until(() => bytes().length > 0);
  gateway.hub.endViewers(() => true, new GatewayError('share-revoked', 'This link was revoked.'));
  await closed;
});

test('a WebSocket that reads nothing skips pictures, one that talks too much is closed', async () => {
  const slow = openWebSocket('door/live.mp4?token=listener');
  await until(() => slow.bytes().length > 0);
  slow.socket.pause();
  const keyframe = gateway.hub.stream('door' as CameraId, 'main')?.keyFrame?.unit;
  if (!keyframe) throw new Error('the camera sends nothing');
  for (let index = 0; index < 200; index++) {
    const payload = index % 50 === 0 ? keyframe.payload : [new Uint8Array(512 * 1024).fill(0x41, 0, 1)];
    const [ptsUs, receivedUs] = [10e6 + index * 40_000, keyframe.receivedUs + index * 40_000];
    gateway.sink('door')?.publish({ track: 0, ptsUs, receivedUs, keyframe: index % 50 === 0, payload });
    if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(gateway.hub.viewers()[0]?.statistics?.().skippedFrames).toBeGreaterThan(50);
  slow.socket.terminate();

  const loud = openWebSocket('door/live.mp4?token=listener');
  await until(() => loud.bytes().length > 0);
  loud.socket.send(Buffer.alloc(64 * 1024));
  await loud.closed;
});

test.each([
  ['a stranger', 'door/live.mp4?token=stranger', {}, /401/],
  ['no such camera', 'nowhere/live.mp4?token=listener', {}, /404/],
  ['no such address', 'door/other.mp4?token=listener', {}, /404/],
  ['another site', 'door/live.mp4?token=listener', { origin: 'https://elsewhere.example' }, /403/],
])('a WebSocket is refused as every request is: %s', async (_name, path, headers, message) => {
  expect(await openWebSocket(path, headers).failed).toMatch(message);
  expect(gateway.hub.viewers()).toEqual([]);
});

test.each([
  ['a wrong key', 'GET', 'sec-websocket-key: none\r\nsec-websocket-version: 13'],
  ['an unknown version', 'GET', 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 99'],
  ['another protocol', 'GET', 'x: y'],
  ['a body', 'POST', 'content-length: 5\r\nsec-websocket-version: 13'],
])('an upgrade with %s ends, and leaves no viewer', async (_name, method, header) => {
  const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
  const lines = ['host: x', 'connection: upgrade', 'upgrade: websocket', header];
  socket.write(`${method} /api/cameras/door/live.mp4?token=listener HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  socket.resume().on('error', () => undefined);
  await once(socket, 'close');
  await until(() => gateway.hub.viewers().length === 0);
});

test('a revoked right ends the picture at once', async () => {
  const response = await open('door/live.mp4?token=listener');
  response.resume();
  const closed = new Promise((resolve) => response.on('close', resolve).on('error', () => undefined));
  const startedMs = Date.now();
  gateway.hub.endViewers(() => true, new GatewayError('share-revoked', 'This link was revoked.'));
  await closed;
  expect(Date.now() - startedMs).toBeLessThan(2000);
});

test('for a viewer who reads nothing pictures are skipped, and no buffer grows', async () => {
  const slow = await open('door/live.mp4?token=listener');
  slow.pause();
  const stream = gateway.hub.stream('door' as CameraId, 'main');
  const keyframe = stream?.keyFrame?.unit;
  if (!stream || !keyframe) throw new Error('the camera sends nothing');
  const big = new Uint8Array(512 * 1024);
  big[0] = 0x41;
  const before = process.memoryUsage().arrayBuffers;
  const startUs = keyframe.receivedUs;
  for (let index = 0; index < 1500; index++) {
    const isKey = index % 50 === 0;
    const payload = isKey ? keyframe.payload : [big];
    const receivedUs = startUs + index * 40_000;
    gateway.sink('door')?.publish({ track: 0, ptsUs: 10e6 + index * 40_000, receivedUs, keyframe: isKey, payload });
    if (index % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  collectGarbage();
  // The group of pictures, as units and as fragments, and the viewer's queue.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024);
  expect(gateway.hub.viewers()[0]?.statistics?.().skippedFrames).toBeGreaterThan(500);
  slow.destroy();
});

test('an unknown camera is not found, and a stranger is refused', async () => {
  expect((await open('nowhere/live.mp4?token=listener')).statusCode).toBe(404);
  expect((await open('door/live.mp4?token=stranger')).statusCode).toBe(401);
});

test.each(['gone/live.mp4?token=listener', 'gone/hls/index.m3u8?token=listener'])(
  'a camera that cannot be reached says so at once, and when to ask again: %s',
  async (path) => {
    const startedMs = Date.now();
    for (let viewer = 0; viewer < 2; viewer++) {
      const response = await open(path);
      let body = '';
      for await (const chunk of response) body += String(chunk);
      expect(response.statusCode).toBe(502);
      expect(JSON.parse(body)).toEqual({ error: { code: 'refused', message: 'Nothing listens on this port.' } });
      expect(Number(response.headers['retry-after'])).toBeGreaterThanOrEqual(2);
    }
    expect(Date.now() - startedMs).toBeLessThan(CAMERA_WAIT_MS / 2);
    await until(() => gateway.hub.viewers().length === 0);
  },
);
