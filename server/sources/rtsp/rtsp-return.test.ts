import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { Stream } from '../../hub/stream.ts';
import { systemClock } from '../../platform/clock.ts';
import { assetPath } from '../../platform/paths.ts';
import { loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../../simulators/rtsp-camera.ts';
import { dialDirect } from '../connect.ts';
import { DEFAULT_RETRY, supervise } from '../supervisor.ts';
import { createRtspSource } from './rtsp-source.ts';

const CYCLES = 20;
const AWAY_MS = [300, 2000, 700, 1500];
const BACK_WITHIN_MS = 3000;
const log = pino({ level: 'silent' });
const stop = new AbortController();

let camera: RtspCamera | undefined;

afterEach(async () => {
  stop.abort();
  await camera?.close();
});

async function start(clip: VideoClip, port: number): Promise<RtspCamera> {
  camera = await startRtspCamera({ port, paths: [{ path: '/live', clip }] });
  return camera;
}

/** Kept going as the gateway keeps a camera that somebody watches. */
function watch(url: string): { stream: Stream; done: Promise<void> } {
  const stream = new Stream('gate/main', systemClock);
  const memory = { get: () => undefined, set: () => {} };
  const spec = { url, transport: 'auto', connectTimeoutMs: 8000 } as const;
  const source = createRtspSource(spec, { dial: dialDirect, clock: systemClock, log, memory });
  return { stream, done: supervise(source, DEFAULT_RETRY, systemClock, log).run(stream.sink, stop.signal) };
}

test(`a watched camera that goes away ${CYCLES} times is seen again within 3 s of listening, each time`, async () => {
  const whole = await loadVideoClip(assetPath('sub-360p.h264'));
  const clip = { ...whole, fps: 50, frames: whole.frames.slice(0, 10) };
  const first = await start(clip, 0);
  const { port } = first;
  const { stream, done } = watch(first.url('/live'));
  let onPicture = (): void => {};
  const nextPicture = (): Promise<void> =>
    new Promise((resolve) => {
      onPicture = resolve;
    });
  const seePicture = (): boolean => {
    onPicture();
    return true;
  };
  stream.subscribe({ tracks: () => {}, unit: seePicture }, { replay: false });
  await nextPicture();
  const backAfterMs: number[] = [];
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    await camera?.close();
    await sleep(AWAY_MS[cycle % AWAY_MS.length]);
    const returned = await start(clip, port);
    const listeningMs = performance.now();
    await nextPicture();
    backAfterMs.push(Math.round(performance.now() - listeningMs));
    expect(returned.sessions).toBe(1);
  }
  expect(backAfterMs.filter((ms) => ms > BACK_WITHIN_MS)).toEqual([]);
  stop.abort();
  await done;
}, 120_000);
