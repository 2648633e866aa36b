import pino from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CameraSettings } from '../../shared/camera-settings.ts';
import type { CameraId } from '../../shared/ids.ts';
import { assetPath } from '../platform/paths.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { loadVideoClip, type VideoClip } from '../simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../simulators/rtsp-camera.ts';
import { CameraSources } from './camera-catalog.ts';
import { dialDirect } from './connect.ts';
import { createRtspSource } from './rtsp/rtsp-source.ts';
import { DEFAULT_RETRY } from './supervisor.ts';

const ID = 'gate' as CameraId;
const log = pino({ level: 'silent' });
let clip: VideoClip;
let camera: RtspCamera;
let clock: TestClock;
let stop: AbortController;

beforeAll(async () => {
  const whole = await loadVideoClip(assetPath('sub-360p.h264'));
  clip = { ...whole, fps: 50, frames: whole.frames.slice(0, 10) };
});
beforeEach(async () => {
  camera = await startRtspCamera({ paths: [{ path: '/live', clip }] });
  clock = new TestClock();
  stop = new AbortController();
});
afterEach(() => camera.close());

/** Watches the camera under these settings and a clock that the test moves: `lost` says why a connection was given up. */
function watch(more: Partial<CameraSettings>) {
  const settings: CameraSettings = {
    id: ID,
    name: 'Gate',
    enabled: true,
    url: camera.url('/live'),
    transport: 'tcp',
    whenOffline: 'hold',
    ...more,
  };
  const sources = new CameraSources({
    clock,
    log,
    retry: { ...DEFAULT_RETRY, stallMs: 10_000 },
    connectTimeoutMs: 5000,
    find: () => settings,
    memoryOf: () => ({ get: () => undefined, set: () => {} }),
    createDevice: (spec, context) => ({ source: createRtspSource(spec, { ...context, dial: dialDirect }) }),
  });
  const seen = { units: 0, lost: [] as string[] };
  const done = sources.createRunner(ID, 'main').run(
    {
      tracks: () => {},
      step: () => {},
      publish: () => void seen.units++,
      lost: (error) => void seen.lost.push(`${error.code}: ${error.message}`),
    },
    stop.signal,
  );
  return { seen, done };
}

const plays = (): number => camera.requests.filter(({ method }) => method === 'PLAY').length;

describe('an RTSP camera that keeps silent while connected', () => {
  test.each([
    ['the setting of all cameras', {}, 10],
    ['a shorter one of its own', { stallSeconds: 4 }, 4],
    ['a longer one of its own', { stallSeconds: 60 }, 60],
  ])('is given up after %s', async (_name, more, seconds) => {
    const { seen, done } = watch(more);
    await expect.poll(() => seen.units).toBeGreaterThan(5);
    camera.stall();
    await clock.advance((seconds - 1) * 1000);
    expect(seen.lost).toEqual([]);
    await clock.advance(seconds * 250 + 1100);
    await expect.poll(() => seen.lost).toEqual([`stalled: The camera sent no picture for ${seconds} s.`]);
    stop.abort();
    await done;
  });

  test('goes on in the same session when it speaks again within its own time', async () => {
    const { seen, done } = watch({ stallSeconds: 60 });
    await expect.poll(() => seen.units).toBeGreaterThan(5);
    camera.stall();
    await clock.advance(45_000);
    camera.stall(false);
    const before = seen.units;
    await expect.poll(() => seen.units).toBeGreaterThan(before + 20);
    expect({ plays: plays(), lost: seen.lost }).toEqual({ plays: 1, lost: [] });
    stop.abort();
    await done;
  });
});
