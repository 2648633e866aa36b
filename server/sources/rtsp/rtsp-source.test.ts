import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AccessUnit } from '../../media/access-unit.ts';
import { isParameterSet } from '../../media/video/parameter-sets.ts';
import { assetPath } from '../../platform/paths.ts';
import { type AudioClip, loadAudioClip, loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../../simulators/rtsp-camera.ts';
import type { RtspCameraQuirks } from '../../simulators/rtsp-camera-quirks.ts';
import { recordSource } from './source-recording.ts';

let clip: VideoClip;
let audio: AudioClip;
let camera: RtspCamera | undefined;

beforeAll(async () => {
  const whole = await loadVideoClip(assetPath('sub-360p.h264'));
  clip = { ...whole, fps: 50, frames: whole.frames.slice(0, 10) };
  audio = await loadAudioClip(assetPath('tone.ulaw'));
});

afterEach(async () => {
  await camera?.close();
  camera = undefined;
});

async function start(
  quirks: RtspCameraQuirks = {},
  login: { username?: string; password?: string } = {},
): Promise<string> {
  camera = await startRtspCamera({ paths: [{ path: '/live', clip, audio, quirks, ...login }] });
  return camera.url('/live');
}

const hex = (nal: Uint8Array): string => Buffer.from(nal).toString('hex');
const videoOf = (units: readonly AccessUnit[]): AccessUnit[] => units.filter((unit) => unit.track === 0);
const slicesOf = (nals: readonly Uint8Array[]): string =>
  nals
    .filter((nal) => !isParameterSet('h264', nal))
    .map(hex)
    .join();

describe('an RTSP source', () => {
  test('publishes every picture of the camera, bit by bit, and its sound', async () => {
    const url = await start();
    const { units, tracks, steps, error } = await recordSource({ url, enough: (all) => videoOf(all).length >= 30 });
    expect(error).toBeUndefined();
    expect(steps).toEqual(['connecting', 'asking', 'waiting-for-picture']);
    expect(tracks).toMatchObject([
      { kind: 'video', codec: 'h264' },
      { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 },
    ]);
    const video = videoOf(units);
    const known = clip.frames.map((frame) => slicesOf(frame.nals));
    const shown = video.map((unit) => known.indexOf(slicesOf(unit.payload)));
    expect(shown).toEqual(shown.map((_, index) => ((shown[0] as number) + index) % 10));
    for (const unit of video.filter((candidate) => candidate.keyframe))
      expect(unit.payload.slice(0, 2).map(hex)).toEqual(clip.parameterSets.map(hex));
    expect(video.filter((unit) => unit.keyframe).length).toBeGreaterThanOrEqual(3);
    const steps20ms = video.slice(1).map((unit, index) => unit.ptsUs - (video[index] as AccessUnit).ptsUs);
    expect(new Set(steps20ms)).toEqual(new Set([20_000]));
    expect(units.filter((unit) => unit.track === 1).length).toBeGreaterThan(10);
    expect(camera?.sessions).toBe(0);
    expect(camera?.requests.at(-1)?.method).toBe('TEARDOWN');
  });

  test.each([
    ['digest', {}],
    ['basic', { auth: { challenges: ['basic'] } }],
  ] satisfies [string, RtspCameraQuirks][])('signs in with %s', async (_name, quirks) => {
    const url = await start(quirks, { username: 'admin', password: 'pa#s/s?@' });
    const { units } = await recordSource({ url, username: 'admin', password: 'pa#s/s?@' });
    expect(units).toHaveLength(20);
  });

  test.each([
    ['wrong-password', { username: 'admin', password: 'wrong' }],
    ['needs-password', {}],
  ])('says %s', async (code, credentials) => {
    const url = await start({}, { username: 'admin', password: 'right' });
    expect((await recordSource({ url, ...credentials })).error?.code).toBe(code);
    expect(camera?.loginFailures('/live')).toBeLessThan(3);
  });
});
