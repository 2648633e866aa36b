import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { Principal } from '../../server/auth/principal.ts';
import { Hub } from '../../server/hub/hub.ts';
import { portableSendPath } from '../../server/outputs/webrtc/send-path.ts';
import { createWebrtcOutput } from '../../server/outputs/webrtc/webrtc-output.ts';
import { systemClock as clock } from '../../server/platform/clock.ts';
import { asGatewayError } from '../../server/platform/errors.ts';
import { loadVideoClip } from '../../server/simulators/clip.ts';
import { createClipSource } from '../../server/sources/clip/clip-source.ts';
import { DEFAULT_RETRY, supervise } from '../../server/sources/supervisor.ts';
import type { CameraId } from '../../shared/ids.ts';

/**
 * The WebRTC output alone, with clips as cameras and a bare WHEP door for any number of viewers:
 *   node --import tsx bench/webrtc/gateway.ts CLIP [--portable] [--port N]      POST /whep/CAMERA, GET /statistics
 * Prints one line of JSON when it listens.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    portable: { type: 'boolean' },
    port: { type: 'string', default: '0' },
    'webrtc-port': { type: 'string', default: '0' },
    tcp: { type: 'boolean' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});
const log = pino({ level: process.env.LOG_LEVEL ?? 'warn' });
const spec = { url: `clip://${positionals[0]}?fps=25`, transport: 'auto', connectTimeoutMs: 5000 } as const;
const hub = new Hub(
  {
    has: () => true,
    hasSubstream: () => false,
    createRunner: () => supervise(createClipSource(spec, { clock }), DEFAULT_RETRY, clock, log),
  },
  clock,
  { maxViewers: 5000, lingerMs: 60_000 },
);
const webrtc = await createWebrtcOutput({
  hub,
  clock,
  log,
  config: {
    host: values.host,
    port: Number(values['webrtc-port']),
    tcp: values.tcp ?? false,
    publicAddresses: [],
    iceServers: [],
  },
  ...(values.portable ? { sendPath: portableSendPath } : {}),
});
const principal: Principal = {
  kind: 'user',
  who: 'bench',
  role: 'admin',
  grants: [],
  cameras: 'all',
  mayListen: true,
  qualityCeiling: 'main',
};

/** When frame 0 of the clip left, for measuring how old a shown frame is; asking for it starts the camera. */
const clip = await loadVideoClip(positionals[0] ?? '', 25);
let t0: number | undefined;
function startClock(camera: CameraId): void {
  const watch = hub.watch(camera, 'main', { kind: 'still', who: 'clock', grants: [], end: () => {} });
  watch.subscribe({
    tracks: () => {},
    unit: (unit) => {
      t0 ??= clock.wallMs() - unit.ptsUs / 1000;
      return true;
    },
  });
}

const server = createServer(async (request, response) => {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-headers', '*');
  if (request.method === 'GET' && request.url === '/statistics') {
    const viewers = hub.viewers().map((viewer) => viewer.statistics?.() ?? {});
    response.end(
      JSON.stringify({ ...webrtc.statistics(), cpu: process.cpuUsage(), memory: process.memoryUsage(), each: viewers }),
    );
    return;
  }
  if (request.url === '/clock') {
    if (t0 === undefined) startClock('camera' as CameraId);
    response.end(JSON.stringify({ t0: t0 ?? clock.wallMs(), fps: clip.fps, frames: clip.frames.length }));
    return;
  }
  if (request.method !== 'POST') {
    response.end('<video autoplay muted playsinline></video>');
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const camera = (request.url?.split('/')[2] ?? 'camera') as CameraId;
  try {
    const viewer = await webrtc.open({
      ...{ camera, quality: 'main', offer: Buffer.concat(chunks).toString(), principal },
      address: request.socket.remoteAddress ?? '',
    });
    void viewer.closed.then((reason) => log.info({ reason: reason.message }, 'viewer gone'));
    response.writeHead(201, { 'content-type': 'application/sdp' }).end(viewer.answer);
  } catch (error) {
    response.writeHead(422).end(asGatewayError(error).message);
  }
});
server.listen(Number(values.port), values.host, () => {
  const address = server.address();
  console.log(
    JSON.stringify({
      pid: process.pid,
      http: typeof address === 'object' ? address?.port : 0,
      webrtc: webrtc.port,
      sendPath: webrtc.sendPath,
    }),
  );
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void webrtc.close().then(() => hub.stop());
});
