import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { parseRtpPacket, type RtpPacket, serializeRtpPacket } from './rtp-packet.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('parseRtpPacket', () => {
  test.each([
    ['plain', '8060 0001 00000002 00000003 aabb', 'aabb'],
    ['padding', 'a060 0001 00000002 00000003 aabb 0002', 'aabb'],
    ['extension', '9060 0001 00000002 00000003 bede0001 11223344 aabb', 'aabb'],
    ['contributing sources', '8260 0001 00000002 00000003 11111111 22222222 aabb', 'aabb'],
    ['all at once', 'b160 0001 00000002 00000003 11111111 bede0000 aabb 000003', 'aabb'],
    ['empty', '8060 0001 00000002 00000003', ''],
  ])('strips %s', (_name, bytes, payload) => {
    const packet = parseRtpPacket(hex(bytes));
    expect(Buffer.from(packet.payload).toString('hex')).toBe(payload);
    expect(packet).toMatchObject({ payloadType: 96, marker: false, sequenceNumber: 1, timestamp: 2, ssrc: 3 });
  });

  test.each([
    ['too short', '8060 0001 00000002'],
    ['version 1', '4060 0001 00000002 00000003 aabb'],
    ['extension beyond the end', '9060 0001 00000002 00000003 bede00ff aabb'],
    ['padding beyond the start', 'a060 0001 00000002 00000003 aabb ff'],
  ])('refuses %s', (_name, bytes) => {
    expect(() => parseRtpPacket(hex(bytes))).toThrow(GatewayError);
  });

  test('undoes serializeRtpPacket', () => {
    const packet: fc.Arbitrary<RtpPacket> = fc.record({
      payloadType: fc.integer({ min: 0, max: 127 }),
      marker: fc.boolean(),
      sequenceNumber: fc.integer({ min: 0, max: 65_535 }),
      timestamp: fc.integer({ min: 0, max: 0xffffffff }),
      ssrc: fc.integer({ min: 0, max: 0xffffffff }),
      payload: fc.uint8Array({ maxLength: 64 }),
    });
    fc.assert(
      fc.property(packet, (value) => {
        expect(parseRtpPacket(serializeRtpPacket(value))).toEqual(value);
      }),
    );
  });

  test('random bytes only return or throw a GatewayError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          expect(parseRtpPacket(bytes).payload.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
    );
  });
});
