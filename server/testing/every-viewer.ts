// One viewer of every kind in a separate process, which tests kill or cut off:
//   node --import tsx every-viewer.ts '{"http":"http://…","rtsp":"rtsp://…","token":"…","camera":"…","address":"…"}'
// It prints the name of each kind on its own line when that has received pictures, and then keeps running.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import WebSocket from 'ws';
import { TestBrowser } from '../outputs/webrtc/testing/rig.ts';

type Options = {
  readonly http: string;
  /** The address with the login in it. */
  readonly rtsp: string;
  readonly token: string;
  readonly camera: string;
  readonly address: string;
};

const { http, rtsp, token, camera, address } = JSON.parse(process.argv[2] ?? '{}') as Options;
const media = `${http}/api/cameras/${camera}`;
const socket = io(http, { auth: { token }, transports: ['websocket'] });
const headers = { authorization: `Bearer ${token}` };

/** werift's DTLS client, unlike a browser's, gives up when its own retransmission crosses an answer: it comes again. */
async function untilSeen(connect: () => Promise<TestBrowser>): Promise<void> {
  for (;;) {
    const browser = await connect();
    const untilMs = Date.now() + 5000;
    while (browser.frames.length < 5 && Date.now() < untilMs) await sleep(50);
    if (browser.frames.length >= 5) return;
    await browser.close();
  }
}

const without = (sdp: string, transport: string) =>
  sdp.replaceAll(new RegExp(`^a=candidate:\\S+ \\d ${transport} .*\\r\\n`, 'gim'), '');

async function whep(dropped: 'udp' | 'tcp'): Promise<TestBrowser> {
  const browser = new TestBrowser({ address, withTcp: dropped === 'udp' });
  const body = without(await browser.offer(), dropped);
  const response = await fetch(`${media}/whep`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/sdp' },
    body,
  });
  await browser.accept(without(await response.text(), dropped));
  return browser;
}

async function pageSocket(): Promise<TestBrowser> {
  const browser = new TestBrowser({ address });
  const offer = without(await browser.offer(), 'tcp');
  const reply = await socket.emitWithAck('page-offer', { offer, tiles: [{ mid: '0', camera, quality: 'main' }] });
  await browser.accept(without(reply.value.answer, 'tcp'));
  return browser;
}

async function liveMp4(): Promise<void> {
  const response = await fetch(`${media}/live.mp4`, { headers });
  const reader = response.body?.getReader();
  let bytes = 0;
  for (;;) {
    const read = await reader?.read();
    if (!read || read.done) return;
    if (bytes < 100_000 && bytes + read.value.length >= 100_000) say('live.mp4');
    bytes += read.value.length;
  }
}

function liveMp4Socket(): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${media.replace('http', 'ws')}/live.mp4`, { headers });
    socket.on('message', () => resolve());
  });
}

async function hls(): Promise<void> {
  const get = async (url: string) => (await fetch(url, { headers })).text();
  const [playlist = ''] = (await get(`${media}/hls/index.m3u8`)).split('\n').filter((line) => /^[^#]/.test(line));
  for (let round = 0; ; round++) {
    await get(new URL(playlist, `${media}/hls/index.m3u8`).href);
    if (round === 1) say('hls');
    await sleep(500);
  }
}

function readRtsp(transport: 'tcp' | 'udp'): Promise<void> {
  const input = ['-rtsp_transport', transport, '-i', `${rtsp}/${camera}`];
  const ffmpeg = spawn('ffmpeg', ['-loglevel', 'error', ...input, '-c', 'copy', '-f', 'h264', '-'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => ffmpeg.stdout.on('data', () => resolve()));
}

function say(kind: string): void {
  process.stdout.write(`${kind}\n`);
}

const KINDS = {
  'webrtc by WHEP over UDP': () => untilSeen(() => whep('tcp')),
  'webrtc by WHEP over TCP': () => untilSeen(() => whep('udp')),
  'webrtc by a page socket': () => untilSeen(pageSocket),
  'live.mp4 by WebSocket': liveMp4Socket,
  'rtsp over TCP': () => readRtsp('tcp'),
  'rtsp over UDP': () => readRtsp('udp'),
};
// When the gateway gives them up, it ends their connections.
hls().catch(() => undefined);
liveMp4().catch(() => undefined);
await Promise.all(Object.entries(KINDS).map(([kind, open]) => open().then(() => say(kind))));
setInterval(() => {}, 1000);
