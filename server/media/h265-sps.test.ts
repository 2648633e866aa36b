import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../platform/errors.ts';
import { parseH265Sps } from './h265-sps.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const MAIN_1080P = '420101016000000300900000030000030078a003c08010e596566924caf0168080000003008000000c84';

describe('parseH265Sps', () => {
  test.each([
    [
      'main, 1080p, B-frames',
      MAIN_1080P,
      {
        width: 1920,
        height: 1080,
        framesPerSecond: 25,
        hasBFrames: true,
        codecString: 'hvc1.1.6.L120.90',
        chromaFormatIdc: 1,
        bitDepthLuma: 8,
      },
    ],
    [
      'main, 360p, no B-frames',
      '42010101600000030090000003000003003fa0050201696592a4932bc05a020000030002000003003c10',
      { width: 640, height: 360, framesPerSecond: 30, hasBFrames: false, codecString: 'hvc1.1.6.L63.90' },
    ],
    [
      'main 10 with scaling lists',
      '42010102200000030090000003000003005da00280802d1365959a49395e02d0100000030010000003014080',
      { width: 1280, height: 720, framesPerSecond: 20, bitDepthLuma: 10, codecString: 'hvc1.2.4.L93.90' },
    ],
  ])('%s', (_name, sps, expected) => {
    expect(parseH265Sps(hex(sps))).toMatchObject(expected);
  });

  test('usability information that is cut off costs only the frame rate', () => {
    const sps = parseH265Sps(hex(MAIN_1080P.slice(0, -10)));
    expect(sps).toMatchObject({ width: 1920, height: 1080, hasBFrames: true });
    expect(sps.framesPerSecond).toBeUndefined();
  });

  test('refuses another NAL unit', () => {
    expect(() => parseH265Sps(hex('4401c172b46240'))).toThrow(GatewayError);
  });

  test('random bytes only return or throw a GatewayError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          expect(parseH265Sps(Uint8Array.of(0x42, 1, ...bytes)).width).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
