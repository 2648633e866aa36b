import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
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

describe('what real encoders put between the size and the frame rate', () => {
  const u = (bits: number, value: number): string => value.toString(2).padStart(bits, '0');
  const ue = (value: number): string => {
    const code = (value + 1).toString(2);
    return '0'.repeat(code.length - 1) + code;
  };

  /** A parameter set of one sub-layer and 640 by 352, of these pieces. */
  function build(pieces: {
    subLayers?: string;
    scaling?: string;
    pcm?: string;
    sets?: string;
    longTerm?: string;
    vui?: string;
  }) {
    const hasSubLayers = pieces.subLayers !== undefined;
    const bits = [
      u(4, 0) + u(3, hasSubLayers ? 1 : 0) + u(1, 1),
      u(8, 1) + u(32, 0x60000000) + u(8, 0x90) + u(32, 0) + u(8, 0) + u(8, 93),
      pieces.subLayers ?? '',
      ue(0) + ue(1) + ue(640) + ue(352) + u(1, 0) + ue(0) + ue(0) + ue(4),
      u(1, 0) + ue(4) + ue(2) + ue(0),
      ue(0) + ue(3) + ue(0) + ue(3) + ue(0) + ue(0),
      pieces.scaling ?? u(1, 0),
      u(2, 0),
      pieces.pcm ?? u(1, 0),
      pieces.sets ?? ue(0),
      pieces.longTerm ?? u(1, 0),
      u(2, 0),
      pieces.vui ?? u(1, 1) + u(4, 0) + u(3, 0) + u(1, 0) + u(1, 1) + u(32, 1) + u(32, 25) + u(2, 0),
      `${u(1, 0)}1`,
    ].join('');
    const raw = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
    const escaped: number[] = [];
    for (const byte of raw) {
      if (byte <= 3 && escaped.at(-1) === 0 && escaped.at(-2) === 0) escaped.push(3);
      escaped.push(byte);
    }
    return parseH265Sps(Uint8Array.of(0x42, 1, ...escaped));
  }

  const explicitSet = ue(1) + ue(1) + ue(0) + u(1, 1) + ue(0) + u(1, 1);
  const predictedSet = u(1, 1) + u(1, 0) + ue(0) + u(1, 1) + u(1, 0) + u(1, 1) + u(1, 1);
  const scalingLists = [0, 1, 2, 3]
    .map((size) => {
      const first = size > 1 ? ue(0) : '';
      const explicit = u(1, 1) + first + ue(0).repeat(Math.min(64, 1 << (4 + size * 2)));
      return explicit + (u(1, 0) + ue(0)).repeat(size === 3 ? 1 : 5);
    })
    .join('');
  const fullDescription =
    u(1, 1) +
    u(8, 255) +
    u(32, 0) +
    u(1, 1) +
    u(1, 0) +
    u(1, 1) +
    u(4, 0) +
    u(1, 1) +
    u(24, 0) +
    u(1, 1) +
    ue(0) +
    ue(0);
  const timing = u(1, 1) + u(32, 1) + u(32, 25) + u(2, 0);

  test.each([
    ['nothing special', {}],
    ['sub-layers', { subLayers: u(2, 3) + u(14, 0) + u(32, 0).repeat(3) }],
    ['scaling lists', { scaling: u(1, 1) + u(1, 1) + scalingLists }],
    ['default scaling lists', { scaling: u(1, 1) + u(1, 0) }],
    ['PCM', { pcm: u(1, 1) + u(8, 0) + ue(0) + ue(1) + u(1, 0) }],
    ['reference picture sets, one predicted from the other', { sets: ue(2) + explicitSet + predictedSet }],
    ['long-term references', { longTerm: u(1, 1) + ue(2) + u(18, 0) }],
    [
      'a full description of the picture',
      { vui: u(1, 1) + fullDescription + u(3, 0) + u(1, 1) + ue(0).repeat(4) + timing },
    ],
  ])('%s', (_name, pieces) => {
    expect(build(pieces)).toMatchObject({
      width: 640,
      height: 352,
      framesPerSecond: 25,
      reorderFrames: 2,
      hasBFrames: true,
    });
  });

  test('too many reference picture sets cost only the frame rate', () => {
    const sps = build({ sets: ue(65) });
    expect(sps).toMatchObject({ width: 640, height: 352 });
    expect(sps.framesPerSecond).toBeUndefined();
  });
});
