import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { parseH264Sps } from './h264-sps.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const HIGH_1080P = '67640028acd940780227e5c044000003000400000300c83c60c658';

describe('parseH264Sps', () => {
  test.each([
    [
      'high, 1080p cropped from 1088 lines, B-frames',
      HIGH_1080P,
      {
        width: 1920,
        height: 1080,
        framesPerSecond: 25,
        reorderFrames: 2,
        hasBFrames: true,
        codecString: 'avc1.640028',
      },
    ],
    [
      'baseline, 360p',
      '6742c01ed900a02ff970110000030001000003003c0f162e48',
      { width: 640, height: 360, framesPerSecond: 30, hasBFrames: false, constraintFlags: 0xc0, levelIdc: 30 },
    ],
    [
      'main without B-frames',
      '674d401fd9005005bb0110000003001000000301e0f1832480',
      { width: 1280, height: 720, framesPerSecond: 15, reorderFrames: 0, hasBFrames: false, profileIdc: 77 },
    ],
    [
      'interlaced 1080 lines',
      '67640028ace401e0113f78088000000300800000190f8b1724',
      { width: 1920, height: 1080, framesPerSecond: 25 },
    ],
    [
      'a byte too many at the end (Reolink)',
      `${HIGH_1080P}00`,
      { width: 1920, height: 1080, framesPerSecond: 25, reorderFrames: 2 },
    ],
  ])('%s', (_name, sps, expected) => {
    expect(parseH264Sps(hex(sps))).toMatchObject(expected);
  });

  test('usability information that is cut off costs only what it would have said', () => {
    const sps = parseH264Sps(hex(HIGH_1080P.slice(0, 28)));
    expect(sps).toMatchObject({ width: 1920, height: 1080 });
    expect(sps.framesPerSecond).toBeUndefined();
    expect(sps.hasBFrames).toBeUndefined();
  });

  test.each([
    ['another NAL unit', '68ce3c80'],
    ['cut off before the size', HIGH_1080P.slice(0, 12)],
    ['empty', '67'],
  ])('refuses %s', (_name, sps) => {
    expect(() => parseH264Sps(hex(sps))).toThrow(GatewayError);
  });

  test('random bytes only return or throw a GatewayError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(parseH264Sps(Uint8Array.of(0x67, ...bytes)).width).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
