import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { parseConnect, parsePtcpPacket, serializePtcpPacket } from './ptcp-packet.ts';
import { serializeTouFrame, type TouFrame, TouReader } from './tou-frame.ts';

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const SIGN = bytes('dc739b7f');
const REALM = 0x12345678;
type KnownFrame = Exclude<TouFrame, { type: 'unknown' }>;

/** Section 10 of the specification: sequence, acknowledgment, window, frame, and the wire. */
const VECTORS: readonly [string, number, number, number, KnownFrame, string][] = [
  [
    'ask sign',
    4,
    4,
    0xffff,
    { type: 'ask-sign' },
    '50544350 00000004 00000004 0000ffff 00000424 00011170 17000000 00000000 00000000',
  ],
  [
    'sign',
    4,
    0x10,
    0xfff3,
    { type: 'sign', sign: SIGN },
    '50544350 00000004 00000010 0000fff3 0001121a 00000424 18000000 00000000 00000000 dc739b7f',
  ],
  [
    'present sign',
    4,
    4,
    0xffff,
    { type: 'present-sign', sign: SIGN },
    '50544350 00000004 00000004 0000ffff 000003e8 00011170 19000000 00000000 00000000 dc739b7f',
  ],
  [
    'accept',
    4,
    0x14,
    0xffef,
    { type: 'accept', value: bytes('a115bfff') },
    '50544350 00000004 00000014 0000ffef 000111ca 000003e8 1a000000 00000000 00000000 a115bfff',
  ],
  [
    'confirm',
    0x14,
    0x14,
    0xffff,
    { type: 'confirm' },
    '50544350 00000014 00000014 0000ffff 00000442 000111ca 1b000000 00000000 00000000',
  ],
  [
    'bind',
    0x20,
    0x14,
    0xffff,
    { type: 'bind', realm: REALM, port: 554 },
    '50544350 00000020 00000014 0000ffff 000007d0 00011224 11000000 12345678 00000000 0000022a 7f000001',
  ],
  [
    'CONN',
    0x14,
    0x34,
    0xffcf,
    { type: 'connected', realm: REALM },
    '50544350 00000014 00000034 0000ffcf 0001129c 000007d0 12000000 12345678 00000000 434f4e4e',
  ],
  [
    'our data',
    0x34,
    0x24,
    0xffff,
    { type: 'data', realm: REALM, bytes: Buffer.from('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n') },
    '50544350 00000034 00000024 0000ffff 00000834 0001129c 1000001f 12345678 00000000 4f505449 4f4e5320 2a205254 53502f31 2e300d0a 43536571 3a20310d 0a0d0a',
  ],
  [
    "the device's data",
    0x24,
    0x5f,
    0xffa4,
    { type: 'data', realm: REALM, bytes: Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n') },
    '50544350 00000024 0000005f 0000ffa4 00011300 00000834 1000001c 12345678 00000000 52545350 2f312e30 20323030 204f4b0d 0a435365 713a2031 0d0a0d0a',
  ],
  [
    'heartbeat',
    0x5f,
    0x58,
    0xffff,
    { type: 'heartbeat' },
    '50544350 0000005f 00000058 0000ffff 00001b58 00011364 13000000 00000000 00000000',
  ],
  [
    'DISC',
    0x6b,
    0x58,
    0xffff,
    { type: 'disconnected', realm: REALM },
    '50544350 0000006b 00000058 0000ffff 00001f40 00011364 12000000 12345678 00000000 44495343',
  ],
];

describe.each(VECTORS)('%s', (_name, sequence, acknowledgment, window, frame, wire) => {
  const packet = parsePtcpPacket(bytes(wire));

  test('header and frame are read', () => {
    expect([packet.sequence, packet.acknowledgment, packet.window, packet.flags]).toEqual([
      sequence,
      acknowledgment,
      window,
      0,
    ]);
    expect(plain(new TouReader().push(packet.body))).toEqual(plain([frame]));
  });

  test('header and frame are written', () => {
    const written = serializePtcpPacket({ ...packet, body: serializeTouFrame(frame) });
    expect(Buffer.from(written).toString('hex')).toBe(wire.replaceAll(' ', ''));
  });
});

test('the connect body asks for a window scale, and may ask for nothing', () => {
  expect(parseConnect(bytes('00030100'))).toBe(0);
  expect(parseConnect(bytes('00030102'))).toBe(2);
  expect(parseConnect(bytes('00'))).toBe(0);
  expect(parseConnect(bytes('000105ff'))).toBe(0);
  expect(parseConnect(bytes('07'))).toBeUndefined();
});

test('random bytes are read or refused with a GatewayError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (random, plausible) => {
      const datagram = plausible ? Buffer.concat([bytes('50544350'), random]) : random;
      try {
        const packet = parsePtcpPacket(datagram);
        parseConnect(packet.body);
        expect(Buffer.from(serializePtcpPacket(packet)).subarray(13)).toEqual(Buffer.from(datagram).subarray(13));
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
      }
    }),
  );
});

/** Uint8Array and Buffer compare alike as hex. */
function plain(frames: readonly TouFrame[]): unknown {
  return JSON.parse(
    JSON.stringify(frames, (_key, value) =>
      value?.type === 'Buffer'
        ? Buffer.from(value).toString('hex')
        : value instanceof Uint8Array
          ? Buffer.from(value).toString('hex')
          : value,
    ),
  );
}
