import { expect, test } from 'vitest';
import { buildWaterfall } from './waterfall.ts';

test('every step of a WebRTC start on a cold camera', () => {
  const steps = buildWaterfall({
    startedAtMs: 1000,
    signIn: { startTime: 100, duration: 300 },
    sourceFromMs: 1010,
    sourceToMs: 1500,
    milestones: {
      asked: 1005,
      answered: 1080,
      iceConnected: 1150,
      dtlsConnected: 1240,
      firstBytes: 1510,
      keyFrame: 1520,
      firstFrame: 1532,
    },
  });
  expect(steps).toEqual([
    { step: 'sign-in', fromMs: -900, toMs: -600 },
    { step: 'source', fromMs: 10, toMs: 500 },
    { step: 'signalling', fromMs: 5, toMs: 80 },
    { step: 'ice', fromMs: 80, toMs: 150 },
    { step: 'dtls', fromMs: 150, toMs: 240 },
    { step: 'first-packet', fromMs: 240, toMs: 510 },
    { step: 'key-frame', fromMs: 510, toMs: 520 },
    { step: 'decode', fromMs: 520, toMs: 532 },
  ]);
});

test('the start of a running stream by live.mp4 has no step for the camera, for ICE, or for a sign-in long ago', () => {
  const steps = buildWaterfall({
    startedAtMs: 0,
    signIn: { startTime: -9000, duration: 100 },
    sourceFromMs: undefined,
    sourceToMs: undefined,
    milestones: { asked: 1, answered: 31, firstBytes: 35, firstFrame: 90 },
  });
  expect(steps.map(({ step }) => step)).toEqual(['signalling', 'first-packet', 'decode']);
});
