// Whether memory, sockets and timers stay constant over ten thousand connections to a camera, half by TCP and half by UDP.
// `node --expose-gc --import tsx bench/rtsp-cycles.bench.ts [CYCLES]`
import pino from 'pino';
import { systemClock } from '../server/platform/clock.ts';
import { assetPath } from '../server/platform/paths.ts';
import { loadVideoClip } from '../server/simulators/clip.ts';
import { startRtspCamera } from '../server/simulators/rtsp-camera.ts';
import { dialDirect } from '../server/sources/connect.ts';
import { createRtspSource } from '../server/sources/rtsp/rtsp-source.ts';

const CYCLES = Number(process.argv[2] ?? 10_000);
const WARM_UP = Math.min(1000, CYCLES / 2);
const AT_ONCE = 20;

const whole = await loadVideoClip(assetPath('sub-360p.h264'));
const clip = { ...whole, fps: 200, frames: whole.frames.slice(0, 4) };
const login = { username: 'admin', password: 'secret' };
const context = {
  dial: dialDirect,
  clock: systemClock,
  log: pino({ level: 'silent' }),
  memory: { get: () => undefined, set: () => {} },
};

async function connectOnce(url: string, transport: 'tcp' | 'udp'): Promise<void> {
  const source = createRtspSource({ url, ...login, transport, connectTimeoutMs: 10_000 }, context);
  const abort = new AbortController();
  let units = 0;
  const publish = (): void => {
    if (++units === 3) abort.abort();
  };
  await source.run({ tracks: () => {}, step: () => {}, publish }, abort.signal);
}

/** Runs with its own camera, which is closed afterwards. */
async function connectMany(count: number): Promise<void> {
  const camera = await startRtspCamera({ paths: [{ path: '/live', clip, ...login }] });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await connectOnce(camera.url('/live'), next++ % 2 === 0 ? 'tcp' : 'udp');
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await camera.close();
}

/** Measures after everything that was closed has had time to end. */
async function settledKilobytes(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    globalThis.gc?.();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024;
}

await connectMany(WARM_UP);
const beforeKb = await settledKilobytes();
const resourcesBefore = process.getActiveResourcesInfo().length;
await connectMany(CYCLES - WARM_UP);
const growthKb = Math.round((await settledKilobytes()) - beforeKb);
const left = process.getActiveResourcesInfo().length - resourcesBefore;

const note = `${CYCLES} connections`;
console.log(
  JSON.stringify({
    name: 'RTSP client: memory growth over all connections',
    value: growthKb,
    unit: 'KB',
    limit: 1024,
    note,
  }),
);
console.log(
  JSON.stringify({ name: 'RTSP client: sockets and timers left behind', value: left, unit: '', limit: 0, note }),
);
