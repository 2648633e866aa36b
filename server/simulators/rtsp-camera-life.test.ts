import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AccessUnit } from '../media/access-unit.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { assetPath } from '../platform/paths.ts';
import { recordSource } from '../sources/rtsp/source-recording.ts';
import { loadVideoClip, type VideoClip } from './clip.ts';
import { type RtspCamera, startRtspCamera } from './rtsp-camera.ts';
import type { RtspCameraQuirks } from './rtsp-camera-quirks.ts';

/** Keep-alives are usually due every 25 s. These tests make them due sooner. */
const HURRY = 60;
const hurried: Clock = { ...systemClock, after: (ms, callback) => systemClock.after(ms / HURRY, callback) };
let clip: VideoClip;
let camera: RtspCamera;

beforeAll(async () => {
  const whole = await loadVideoClip(assetPath('sub-360p.h264'));
  clip = { ...whole, fps: 50, frames: whole.frames.slice(0, 10) };
});

afterEach(() => camera.close());

async function start(quirks: RtspCameraQuirks): Promise<string> {
  camera = await startRtspCamera({ paths: [{ path: '/live', clip, quirks }] });
  return camera.url('/live');
}

const seconds = (count: number) => (units: readonly AccessUnit[]) => units.length >= count * 50;

describe('cameras whose sessions are hard to keep alive', () => {
  test.each<[string, RtspCameraQuirks]>([
    ['only GET_PARAMETER keeps it', { life: { sessionTimeoutMs: 1000, keepAliveBy: ['GET_PARAMETER'] } }],
    [
      'it hangs up on a method that it never offered',
      {
        life: { sessionTimeoutMs: 1000, cutsOn: ['GET_PARAMETER', 'SET_PARAMETER'] },
        reply: { publicMethods: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN' },
      },
    ],
  ])('%s', async (_name, quirks) => {
    const { error, units } = await recordSource({
      url: await start(quirks),
      enough: seconds(2.5),
      context: { clock: hurried },
    });
    expect(error).toBeUndefined();
    expect(units).toHaveLength(125);
  });

  test('a session that was not torn down occupies its place for a while, and our client always tears down', async () => {
    const url = await start({ life: { maxSessions: 1, sessionHeldMs: 60_000 } });
    for (let round = 0; round < 3; round++) {
      const { error } = await recordSource({ url });
      expect(error).toBeUndefined();
    }
    const cut = recordSource({ url, enough: () => false });
    await expect.poll(() => camera.players).toBe(1);
    camera.kill();
    expect((await cut).error?.code).toBe('camera-closed');
    expect((await recordSource({ url })).error?.code).toBe('no-free-session');
  });
});

describe('cameras whose time stands still', () => {
  test('pictures still come one by one, and their times never step back', async () => {
    const url = await start({ timing: { allEqual: true } });
    const { error, units } = await recordSource({ url, enough: seconds(2) });
    expect(error).toBeUndefined();
    const times = units.map(({ ptsUs }) => ptsUs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});
