// The gateway's half of fmp4.bench.ts, in its own process so that its CPU time can be read: one camera of 4 Mbit/s, with
// live.mp4 and LL-HLS as the gateway serves them. It sends its port and then answers each message with its CPU time.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import type { Principal } from '../../server/auth/principal.ts';
import { createHlsRouter } from '../../server/http/media/hls.ts';
import { createLiveMp4Router } from '../../server/http/media/live-mp4.ts';
import { Hub } from '../../server/hub/hub.ts';
import type { StreamSink } from '../../server/hub/stream.ts';
import { testRight } from '../../server/hub/testing/test-right.ts';
import { isParameterSet } from '../../server/media/video/parameter-sets.ts';
import { createFmp4Output } from '../../server/outputs/fmp4/fmp4-output.ts';
import { createHlsOutput } from '../../server/outputs/hls/hls-output.ts';
import { systemClock } from '../../server/platform/clock.ts';
import { assetPath } from '../../server/platform/paths.ts';
import { loadVideoClip } from '../../server/simulators/clip.ts';
import type { CameraId } from '../../shared/ids.ts';

const FPS = 25;
const KEY_EVERY = 50;
const BYTES_PER_SECOND = 500_000;
const KEY_BYTES = 80_000;
const OTHER_BYTES = Math.round((2 * BYTES_PER_SECOND - KEY_BYTES) / (KEY_EVERY - 1));
const SOUND_BYTES = 160;

const clip = await loadVideoClip(assetPath('main-720p.h264'));
const sets = clip.parameterSets.filter((nal) => isParameterSet('h264', nal));

/** Publishes pictures of the right size, and mu-law in packets of 20 ms. */
function run(sink: StreamSink, signal: AbortSignal): Promise<void> {
  sink.tracks([
    { kind: 'video', codec: 'h264', parameterSets: sets },
    { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 },
  ]);
  const startUs = systemClock.nowUs();
  const slice = (bytes: number, type: number): Uint8Array => new Uint8Array(bytes).fill(0x55).fill(type, 0, 1);
  const tone = Uint8Array.from({ length: SOUND_BYTES }, (_, index) => 128 + Math.round(60 * Math.sin(index / 5)));
  let frame = 0;
  let sound = 0;
  const timer = setInterval(() => {
    const nowUs = systemClock.nowUs();
    for (; (sound * 1e6) / 50 <= nowUs - startUs; sound++)
      sink.publish({ track: 1, ptsUs: sound * 20_000, receivedUs: nowUs, keyframe: true, payload: [tone] });
    for (; (frame * 1e6) / FPS <= nowUs - startUs; frame++) {
      const keyframe = frame % KEY_EVERY === 0;
      const payload = keyframe ? [...sets, slice(KEY_BYTES, 0x65)] : [slice(OTHER_BYTES, 0x41)];
      sink.publish({ track: 0, ptsUs: (frame * 1e6) / FPS, receivedUs: nowUs, keyframe, payload });
    }
  }, 5);
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      resolve();
    });
  });
}

const catalog = {
  has: () => true,
  hasSubstream: () => false,
  createRunner: () => ({ run, retryNow: () => false }),
};
const hub = new Hub(catalog, systemClock, { maxViewers: 1000, lingerMs: 60_000 });
const parts = { hub, clock: systemClock, log: pino({ level: 'silent' }) };
const fmp4 = createFmp4Output(parts);
const viewer: Principal = {
  kind: 'user',
  who: 'bench',
  role: 'viewer',
  right: testRight(),
  cameras: 'all',
  mayListen: true,
  qualityCeiling: 'main',
};
const access = (): Principal => viewer;
const app = express();
app.use(createLiveMp4Router({ output: fmp4, access }));
app.use(createHlsRouter({ output: createHlsOutput({ ...parts, fmp4 }), access }));
const server = createServer(app).listen(0, '127.0.0.1', () => {
  hub.watch('camera' as CameraId, 'main', { kind: 'still', who: 'bench', right: testRight(), end: () => undefined });
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', () => process.send?.({ cpu: process.cpuUsage(), memory: process.memoryUsage() }));
