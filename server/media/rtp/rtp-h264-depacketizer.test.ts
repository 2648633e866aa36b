import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packFrame } from '../../simulators/rtsp-camera/payloads.ts';
import type { RtpAccessUnit, RtpDepacketizer } from './rtp-access-unit.ts';
import { RtpH264Depacketizer } from './rtp-h264-depacketizer.ts';
import { RtpH265Depacketizer } from './rtp-h265-depacketizer.ts';
import type { RtpPacket } from './rtp-packet.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const SPS = hex('6742c01ed900a02ff970110000030001000003003c0f162e48');
const PPS = hex('68cb83cb20');
const H265_SETS = [
  '40010c01ffff016000000300900000030000030078ac09',
  '42010101600000030090000003000003003fa0050201696592a4932bc05a020000030002000003003c10',
  '4401c172b46240',
].map(hex);

function packets(payloads: readonly string[]): RtpPacket[] {
  return payloads.map((payload, index) => ({
    payloadType: 96,
    marker: index === payloads.length - 1,
    sequenceNumber: (65_534 + index) & 0xffff,
    timestamp: 7,
    ssrc: 1,
    payload: hex(payload),
  }));
}

const push = (depacketizer: RtpDepacketizer, list: readonly RtpPacket[]): RtpAccessUnit[] =>
  list.flatMap((packet) => depacketizer.push(packet, 0));
const slices = (units: readonly RtpAccessUnit[], sets: number): string[] =>
  units.flatMap((unit) => unit.payload.slice(unit.keyframe ? sets : 0).map((nal) => Buffer.from(nal).toString('hex')));

describe('RtpH264Depacketizer', () => {
  test('a picture of more than 8 MB in fragments is reported as too large and not silently dropped', () => {
    const depacketizer = new RtpH264Depacketizer([SPS, PPS]);
    const piece = new Uint8Array(60_000).fill(0xaa);
    const fragment = (flags: number): Uint8Array =>
      Uint8Array.of(0x7c, flags, ...(flags === 0x85 ? [0x88] : []), ...piece);
    const list = Array.from({ length: 150 }, (_, index) => ({
      payloadType: 96,
      marker: false,
      sequenceNumber: index,
      timestamp: 7,
      ssrc: 1,
      payload: fragment(index === 0 ? 0x85 : 0x05),
    }));
    expect(() => push(depacketizer, list)).toThrow(/pictures of more than 8 MB/);
  });

  test.each([
    ['single NAL unit', ['6588aa'], ['6588aa']],
    ['FU-A', ['7c85 88aa', '7c05 bb', '7c45 cc'], ['6588aabbcc']],
    ['FU-A with start and end in one (CostarHD)', ['7cc5 88aa'], ['6588aa']],
    ['FU-A whose type changes (Tiandy)', ['7c85 88aa', '7c41 bb'], ['6588aabb']],
    ['FU-A with the reserved bit', ['7ca5 88aa', '7c65 bb'], ['6588aabb']],
    ['FU-A with an empty fragment', ['7c85 88aa', '7c05', '7c45 bb'], ['6588aabb']],
    ['STAP-A', ['78 0003 6588aa 0003 6560bb'], ['6588aa', '6560bb']],
    ['STAP-A padded with zeros', ['78 0003 6588aa 0000 0000'], ['6588aa']],
    [
      'several NAL units with start codes (V380)',
      ['6588aa 000001 6560bb 00000001 6560cc'],
      ['6588aa', '6560bb', '6560cc'],
    ],
    ['start codes inside an aggregate', ['78 000a 00000001 6588aa 000000'], ['6588aa']],
    ['trailing zeros', ['6588aa 0000'], ['6588aa']],
    ['an empty packet', ['', '6588aa'], ['6588aa']],
  ])('%s', (_name, payloads, expected) => {
    const depacketizer = new RtpH264Depacketizer([SPS, PPS]);
    expect(slices(push(depacketizer, packets(payloads)), 2)).toEqual(expected);
    expect(depacketizer.counts).toEqual({ gaps: 0, damaged: 0, unsupported: 0, undecodable: 0 });
  });

  test.each([
    ['a fragment without beginning', ['7c05 bb', '7c45 cc'], 'undecodable', 0],
    ['a NAL unit that never ends', ['7c85 88aa', '6588aa'], 'undecodable', 0],
    ['an aggregate shorter than it says', ['78 00ff 6588'], 'damaged', 1],
    ['the forbidden bit', ['e588aa'], 'damaged', 1],
    ['STAP-B', ['79 0001 0003 6588aa'], 'unsupported', 1],
  ])('%s costs the picture and is counted', (_name, payloads, counter, count) => {
    const depacketizer = new RtpH264Depacketizer([SPS, PPS]);
    push(depacketizer, packets([...payloads, '419a']));
    expect(depacketizer.counts[counter as 'damaged']).toBeGreaterThanOrEqual(count);
  });

  test('repeated packets change nothing', () => {
    const list = packets(['7c85 88aa', '7c05 bb', '7c45 cc']);
    const doubled = list.flatMap((packet) => [packet, packet]);
    expect(slices(push(new RtpH264Depacketizer([SPS, PPS]), doubled), 2)).toEqual(['6588aabbcc']);
  });
});

const CODECS = {
  h264: { create: () => new RtpH264Depacketizer([SPS, PPS]), sets: 2, key: 0x65, other: 0x41, headerBytes: 1 },
  h265: { create: () => new RtpH265Depacketizer(H265_SETS), sets: 3, key: 0x26, other: 0x02, headerBytes: 2 },
} as const;

describe.each(['h264', 'h265'] as const)('any stream of %s', (codec) => {
  const { create, sets, key, other, headerBytes } = CODECS[codec];
  const body = fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => bytes.map((byte) => byte | 1));
  const frames = fc.array(body, { minLength: 1, maxLength: 12 });
  const nalOf = (bytes: Uint8Array, isKey: boolean): Uint8Array => {
    const header = headerBytes === 1 ? [isKey ? key : other, 0x88] : [isKey ? key : other, 1, 0x80];
    return Uint8Array.of(...header, ...bytes);
  };
  const pack = (bodies: readonly Uint8Array[], keyEvery: number, maxBytes: number): RtpPacket[] => {
    let sequenceNumber = 65_500;
    return bodies.flatMap((bytes, index) => {
      const keyframe = index % keyEvery === 0;
      return packFrame(codec, { keyframe, nals: [nalOf(bytes, keyframe)] }, maxBytes).map((payload) => ({
        payloadType: 96,
        marker: payload.marker,
        sequenceNumber: sequenceNumber++ & 0xffff,
        timestamp: index * 3000,
        ssrc: 1,
        payload: payload.bytes,
      }));
    });
  };
  const wanted = (bodies: readonly Uint8Array[], keyEvery: number): string[] =>
    bodies.map((bytes, index) => Buffer.from(nalOf(bytes, index % keyEvery === 0)).toString('hex'));

  test('is put together unchanged, whatever the packet size', () => {
    fc.assert(
      fc.property(
        frames,
        fc.integer({ min: 20, max: 500 }),
        fc.integer({ min: 1, max: 4 }),
        (bodies, maxBytes, keyEvery) => {
          expect(slices(push(create(), pack(bodies, keyEvery, maxBytes)), sets)).toEqual(wanted(bodies, keyEvery));
        },
      ),
    );
  });

  test('when packets are lost, only whole pictures come, and none between a loss and the next key frame', () => {
    fc.assert(
      fc.property(frames, fc.infiniteStream(fc.integer({ min: 0, max: 9 })), (bodies, dice) => {
        const kept = pack(bodies, 3, 60).filter(() => (dice.next().value as number) > 0);
        const all = wanted(bodies, 3);
        let before = -1;
        for (const unit of push(create(), kept)) {
          const index = unit.timestamp / 3000;
          expect(slices([unit], sets)).toEqual([all[index]]);
          // Pictures before the first key frame are passed on, so that the hub can say that it waits for a key frame.
          if (!unit.keyframe && before !== -1) expect(index).toBe(before + 1);
          if (unit.keyframe || before !== -1) before = index;
        }
      }),
    );
  });

  test('random packets never throw', () => {
    const packet = fc.record({
      payloadType: fc.constant(96),
      marker: fc.boolean(),
      sequenceNumber: fc.integer({ min: 0, max: 5 }),
      timestamp: fc.integer({ min: 0, max: 3 }),
      ssrc: fc.constant(1),
      payload: fc.uint8Array({ maxLength: 60 }),
    });
    fc.assert(fc.property(fc.array(packet), (list) => push(create(), list).length <= list.length * 30));
  });
});

describe('RtpH265Depacketizer', () => {
  test.each([
    ['single NAL unit', false, ['2601 af'], ['2601af']],
    ['fragments', false, ['6201 93 af', '6201 13 bb', '6201 53 cc'], ['2601afbbcc']],
    ['aggregation', false, ['6001 0003 2601af 0004 26012f11'], ['2601af', '26012f11']],
    ['order numbers in a single NAL unit', true, ['2601 0000 af'], ['2601af']],
    ['order numbers in fragments', true, ['6201 93 0000 af', '6201 53 cc'], ['2601afcc']],
    ['order numbers in aggregates', true, ['6001 0000 0003 2601af 00 0004 26012f11'], ['2601af', '26012f11']],
  ])('%s', (_name, hasOrderNumbers, payloads, expected) => {
    const depacketizer = new RtpH265Depacketizer(H265_SETS, hasOrderNumbers);
    expect(slices(push(depacketizer, packets(payloads)), 3)).toEqual(expected);
  });

  test('PACI packets are counted', () => {
    const depacketizer = new RtpH265Depacketizer(H265_SETS);
    push(depacketizer, packets(['6401 0000 2601']));
    expect(depacketizer.counts.unsupported).toBe(1);
  });
});
