// A gateway that only has cameras and WebRTC, with a minimal WHEP endpoint for any number of viewers, for measuring from outside:
//   node --import tsx bench/webrtc/gateway.ts PORT [--portable] [--lose=0.05] [--all-addresses] CAMERA=URL …      URL is rtsp://… or clip:///…?fps=25

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import type { Principal } from '../../server/auth/principal.ts';
import { Hub } from '../../server/hub/hub.ts';
// Routes: POST /whep/CAMERA, GET /clock/CAMERA (when frame 0 of a clip was sent), GET /statistics, GET /resources. It prints
// its port as one line of JSON and ends when its standard input ends. The program `vidload whep` can measure it, too.
import { testRight } from '../../server/hub/testing/test-right.ts';
import { chooseSendPath, portableSendPath } from '../../server/outputs/webrtc/sending/send-path.ts';
import { createWebrtcOutput } from '../../server/outputs/webrtc/webrtc-output.ts';
import { systemClock as clock } from '../../server/platform/clock.ts';
import { asGatewayError } from '../../server/platform/errors.ts';
import { createClipSource } from '../../server/sources/clip/clip-source.ts';
import { dialDirect } from '../../server/sources/connect.ts';
import { createRtspSource } from '../../server/sources/rtsp/rtsp-source.ts';
import { DEFAULT_RETRY, supervise } from '../../server/sources/supervisor.ts';
import type { CameraId } from '../../shared/ids.ts';
import { lossySendPath } from './lossy-send-path.ts';

const [port = '0', ...words] = process.argv.slice(2);
const chosen = words.includes('--portable') ? portableSendPath() : chooseSendPath().sendPath;
const loss = Number(words.find((word) => word.startsWith('--lose='))?.slice('--lose='.length) ?? 0);
const urls = new Map(
  words.filter((word) => /^\w+=/.test(word)).map((word) => [word.split('=')[0], word.replace(/^[^=]*=/, '')]),
);
const log = pino({ level: process.env.LOG_LEVEL ?? 'warn' }, pino.destination(2));
const memory = { get: () => undefined, set: () => {} };

const hub = new Hub(
  {
    has: (id) => urls.has(id),
    hasSubstream: () => false,
    createRunner: (id) => {
      const spec = { url: urls.get(id) ?? '', transport: 'tcp', connectTimeoutMs: 5000 } as const;
      const isClip = spec.url.startsWith('clip:');
      const context = { dial: dialDirect, clock, log, memory };
      return supervise(
        isClip ? createClipSource(spec, context) : createRtspSource(spec, context),
        DEFAULT_RETRY,
        clock,
        log,
      );
    },
  },
  clock,
  { maxViewers: 10_000, lingerMs: 1000 },
);
const config = {
  ...(words.includes('--all-addresses') ? {} : { host: '127.0.0.1' }),
  port: 0,
  tcp: true,
  publicAddresses: [],
  iceServers: [],
};
const sendPath = loss > 0 ? lossySendPath(chosen, loss) : chosen;
const webrtc = await createWebrtcOutput({ hub, clock, log, config, sendPath });
const principal: Principal = {
  kind: 'user',
  who: 'bench',
  role: 'admin',
  right: testRight(),
  cameras: 'all',
  mayListen: true,
  qualityCeiling: 'main',
};

const startedMs = new Map<CameraId, number>();
/** Keeps the camera running from now on and finds out when its timeline began. */
async function clockOf(camera: CameraId): Promise<number> {
  if (!startedMs.has(camera)) {
    const watch = hub.watch(camera, 'main', { kind: 'still', who: 'clock', right: testRight(), end: () => {} });
    await new Promise<void>((resolve) => {
      watch.subscribe({
        tracks: () => {},
        unit: ({ ptsUs, receivedUs }) => {
          if (!startedMs.has(camera))
            startedMs.set(camera, clock.wallMs() - (clock.nowUs() - receivedUs + ptsUs) / 1000);
          resolve();
          return true;
        },
      });
    });
  }
  return startedMs.get(camera) ?? 0;
}

async function answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
  const [, what, name] = (request.url ?? '').split('/');
  const camera = name as CameraId;
  if (what === 'clock') return { status: 200, body: JSON.stringify({ startedMs: await clockOf(camera) }) };
  if (what === 'resources') return { status: 200, body: JSON.stringify(await resources()) };
  if (what === 'statistics') return { status: 200, body: JSON.stringify(webrtc.statistics()) };
  if (request.method !== 'POST')
    return { status: 200, body: '<!doctype html><video autoplay muted playsinline></video>' };
  const offer = await text(request);
  const wanted = { camera, quality: 'main', offer, principal, address: '127.0.0.1' } as const;
  const viewer = await webrtc.connections.openSingle(wanted, ({ message }) =>
    log.info({ reason: message }, 'viewer gone'),
  );
  return { status: 201, body: viewer.answer };
}

/** What the process holds. Needs --expose-gc to collect garbage first, twice because collecting can create new garbage. */
async function resources(): Promise<object> {
  for (let round = 0; round < 3; round++) {
    await sleep(100);
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  const heapMb = (heapUsed + external) / 1024 / 1024;
  return { heapMb, open: process.getActiveResourcesInfo().length, viewers: webrtc.statistics().viewers };
}

const server = createServer(async (request, response) => {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-headers', '*');
  const isPage = request.method === 'GET';
  try {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': isPage ? 'text/html' : 'application/sdp' }).end(body);
  } catch (error) {
    response.writeHead(422).end(asGatewayError(error).message);
  }
});
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
console.log(
  JSON.stringify({ port: (server.address() as AddressInfo).port, pid: process.pid, sendPath: webrtc.sendPath }),
);
process.stdin.resume();
await once(process.stdin, 'end');
server.closeAllConnections();
server.close();
await webrtc.close();
await hub.stop();
