import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { splitAnnexB } from '../media/video/annex-b.ts';
import { isParameterSet } from '../media/video/parameter-sets.ts';
import { clockDriftPpm, reportCard } from './report-card.ts';
import type { Observation } from './stream-observer.ts';

const sets = splitAnnexB(readFileSync('assets/main-720p.h264').subarray(0, 4096)).filter((nal) =>
  isParameterSet('h264', nal),
);

function seen(
  options: { seconds?: number; keyEveryS?: number; driftPpm?: number; audio?: 'aac' | 'pcmu' } = {},
): Observation {
  const { seconds = 6, keyEveryS = 2, driftPpm = 0 } = options;
  const video = Array.from({ length: seconds * 25 }, (_, n) => ({
    ptsUs: Math.round(n * 40_000 * (1 + driftPpm / 1e6)),
    receivedUs: n * 40_000,
    bytes: 5000,
    keyframe: n % (25 * keyEveryS) === 0,
  }));
  const audio = options.audio
    ? [{ kind: 'audio', codec: options.audio, sampleRateHz: 8000, channels: 1 } as const]
    : [];
  return {
    steps: [{ step: 'connecting', ms: 12 }],
    tracks: [{ kind: 'video', codec: 'h264', parameterSets: sets }, ...audio],
    video,
    videoCodec: 'h264',
    newestKeyFrame: undefined,
    parameterSets: sets,
    audioUnits: 0,
    totalMs: 120,
  };
}

const codes = (observation: Observation): string[] =>
  reportCard('rtsp://h/', observation).suggestions.map((s) => s.code);

describe('the report card', () => {
  test('describes the picture', () => {
    expect(reportCard('rtsp://h/', seen({ audio: 'pcmu' })).video).toMatchObject({
      codec: 'h264',
      profile: 'High',
      width: 1280,
      height: 720,
      fps: 25,
      bitrateKbps: 1007,
      keyFrameIntervalMs: 2000,
      hasBFrames: false,
    });
  });

  test('a clock that runs 500 ppm fast is noticed', () => {
    expect(clockDriftPpm(seen({ driftPpm: 500 }))).toBe(500);
    expect(clockDriftPpm(seen({ seconds: 2 }))).toBeUndefined();
  });

  test('without a second key frame it states no key-frame interval', () => {
    expect(reportCard('rtsp://h/', seen({ seconds: 1 })).video).not.toHaveProperty('keyFrameIntervalMs');
  });

  test('pictures out of order are reported as B-frames, whatever the camera says', () => {
    const observation = seen();
    const shuffled = observation.video.map((sample, n) => ({
      ...sample,
      ptsUs: sample.ptsUs + (n % 3 === 1 ? 80_000 : 0),
    }));
    expect(codes({ ...observation, video: shuffled })).toContain('b-frames');
  });

  test.each([
    ['a long key-frame interval', seen({ seconds: 24, keyEveryS: 10, audio: 'pcmu' }), ['long-key-frame-interval']],
    ['AAC sound', seen({ audio: 'aac' }), ['aac']],
    ['no sound', seen(), ['no-sound']],
    ['nothing to change', seen({ audio: 'pcmu' }), []],
  ])('%s', (_name, observation, expected) => {
    expect(codes(observation)).toEqual(expected);
  });

  test('after a failure the report keeps what was learned before and suggests nothing', () => {
    const report = reportCard(
      'rtsp://h/',
      { ...seen(), video: [] },
      { error: { code: 'stalled', message: 'no picture' } },
    );
    expect(report).toMatchObject({
      steps: [{ step: 'connecting', ms: 12 }],
      error: { code: 'stalled' },
      suggestions: [],
    });
  });
});
