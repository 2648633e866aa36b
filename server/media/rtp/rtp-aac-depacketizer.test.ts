import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RtpGenericAacDepacketizer } from './rtp-aac-depacketizer.ts';
import type { RtpAccessUnit, RtpDepacketizer } from './rtp-access-unit.ts';
import { RtpLatmDepacketizer } from './rtp-latm-depacketizer.ts';
import type { RtpPacket } from './rtp-packet.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const HIGH_RATE = { sizeBits: 13, indexBits: 3, indexDeltaBits: 3, samplesPerFrame: 1024 };

function packet(sequenceNumber: number, timestamp: number, payload: string, marker = true): RtpPacket {
  return { payloadType: 97, marker, sequenceNumber, timestamp, ssrc: 1, payload: hex(payload) };
}

const push = (depacketizer: RtpDepacketizer, list: readonly RtpPacket[]): string[] =>
  list.flatMap((one) => depacketizer.push(one, 0)).map(describeUnit);
const describeUnit = ({ timestamp, payload }: RtpAccessUnit): string =>
  `${timestamp} ${payload.map((part) => Buffer.from(part).toString('hex')).join()}`;

describe('RFC 3640', () => {
  test.each([
    ['one frame', [packet(1, 0, '0010 0018 aabbcc')], ['0 aabbcc']],
    ['two frames, the second a frame later', [packet(1, 0, '0020 0010 0008 aabb cc')], ['0 aabb', '1024 cc']],
    ['a frame in two packets', [packet(1, 0, '0010 0020 aabb', false), packet(2, 0, '0010 0020 ccdd')], ['0 aabbccdd']],
    ['with an ADTS header that does not belong there', [packet(1, 0, '0010 0048 fff15080013ffc aabb')], ['0 aabb']],
    ['a repeated packet', [packet(1, 0, '0010 0008 aa'), packet(1, 0, '0010 0008 aa')], ['0 aa']],
    ['a lost half', [packet(1, 0, '0010 0020 aabb', false), packet(3, 1024, '0010 0008 cc')], ['1024 cc']],
    ['shorter than it says', [packet(1, 0, '0020 0018 0018 aabb'), packet(2, 1024, '0010 0008 cc')], ['1024 cc']],
    ['an empty packet', [packet(1, 0, ''), packet(2, 0, '0010 0008 aa')], ['0 aa']],
  ])('%s', (_name, list, expected) => {
    expect(push(new RtpGenericAacDepacketizer(HIGH_RATE), list)).toEqual(expected);
  });

  test('other field sizes (AAC-lbr)', () => {
    const low = { sizeBits: 6, indexBits: 2, indexDeltaBits: 2, samplesPerFrame: 1024 };
    expect(push(new RtpGenericAacDepacketizer(low), [packet(1, 0, '0010 0804 aabb cc')])).toEqual([
      '0 aabb',
      '1024 cc',
    ]);
  });
});

describe('LATM', () => {
  const outOfBand = { configInBand: false, samplesPerFrame: 1024 };

  test.each([
    ['one frame', [packet(1, 0, '03 aabbcc')], ['0 aabbcc']],
    ['long lengths', [packet(1, 0, `ff01${'aa'.repeat(256)}`)], [`0 ${'aa'.repeat(256)}`]],
    ['a frame in two packets', [packet(1, 0, '04 aabb', false), packet(2, 0, 'ccdd')], ['0 aabbccdd']],
    ['a lost half', [packet(1, 0, '04 aabb', false), packet(3, 1024, '01 cc')], ['1024 cc']],
    ['shorter than it says', [packet(1, 0, '09 aabb'), packet(2, 1024, '01 cc')], ['1024 cc']],
  ])('%s', (_name, list, expected) => {
    expect(push(new RtpLatmDepacketizer(outOfBand), list)).toEqual(expected);
  });

  test.each([
    ['other data behind the frames', `0 0 1 000000 0000 000 ${'00010 1000 0001 000'} 000 11111111 1 0 00001000 0`],
    ['a checksum', `0 0 1 000000 0000 000 ${'00010 1000 0001 000'} 000 11111111 0 1 10101010`],
    ['version 1', `0 1 0 00 11111111 1 000000 0000 000 00 00010000 ${'00010 1000 0001 000'} 000 11111111 0 0`],
  ])('a configuration with %s', (_name, configuration) => {
    const depacketizer = new RtpLatmDepacketizer({ configInBand: true, samplesPerFrame: 1024 });
    expect(push(depacketizer, [packet(1, 0, bits(`${configuration} 00000001 11001100`))])).toEqual(['0 cc']);
  });

  test('a configuration of several programs is refused, not misread', () => {
    const depacketizer = new RtpLatmDepacketizer({ configInBand: true, samplesPerFrame: 1024 });
    push(depacketizer, [packet(1, 0, bits('0 0 1 000000 0001 000 0000000000000000'))]);
    expect(depacketizer.counts.damaged).toBe(1);
  });

  test('with the configuration in band, and frames that begin between two bytes', () => {
    const asConfigured = '1';
    // One program, one layer, AAC-LC 16 kHz mono, variable frame length, full buffer, no other data, no checksum.
    const configured = `0 0 1 000000 0000 000 ${'00010 1000 0001 000'} 000 11111111 0 0`;
    const frame = '00000010 10101010 10111011';
    const list = [packet(1, 0, bits(`${configured} ${frame}`)), packet(2, 1024, bits(`${asConfigured} ${frame}`))];
    const depacketizer = new RtpLatmDepacketizer({ configInBand: true, samplesPerFrame: 1024 });
    expect(push(depacketizer, list)).toEqual(['0 aabb', '1024 aabb']);
    expect(push(new RtpLatmDepacketizer({ configInBand: true, samplesPerFrame: 1024 }), list.slice(1))).toEqual([]);
  });
});

function bits(text: string): string {
  const all = text.replaceAll(' ', '');
  const padded = all.padEnd(Math.ceil(all.length / 8) * 8, '0');
  return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString('hex');
}

test.each([
  ['RFC 3640', () => new RtpGenericAacDepacketizer(HIGH_RATE)],
  ['LATM', () => new RtpLatmDepacketizer({ configInBand: true, samplesPerFrame: 1024 })],
])('random packets of %s never throw', (_name, create) => {
  const random = fc.record({
    payloadType: fc.constant(97),
    marker: fc.boolean(),
    sequenceNumber: fc.integer({ min: 0, max: 5 }),
    timestamp: fc.integer({ min: 0, max: 3 }),
    ssrc: fc.constant(1),
    payload: fc.uint8Array({ maxLength: 60 }),
  });
  fc.assert(fc.property(fc.array(random), (list) => push(create(), list).length >= 0));
});
