import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { parseEndpoint, parseLastEndpoint } from './endpoint.ts';
import {
  formatIdentify,
  parseIdentify,
  parseInvertedStun,
  STUN_COOKIE,
  type StunMessage,
  serializeInvertedStun,
} from './inverted-stun.ts';

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const CLIENT = bytes('4a16eb0e334106df');
const DEVICE = bytes('a816f4f1d84c9f8f');
const TRANSACTION = bytes('a8180ab8c240c1772a0f2bbb');
const DEVICE_ADDRESS = { address: '203.0.113.9', port: 23730 };
const CLIENT_ADDRESS = { address: '198.51.100.7', port: 59474 };
const common = { cookie: STUN_COOKIE, transaction: TRANSACTION } as const;

const VECTORS: readonly [string, StunMessage, string][] = [
  [
    'S1, our request',
    { ...common, kind: 'request', identify: CLIENT, address: DEVICE_ADDRESS },
    'fffeffe7 deed5bbd 57e7f547 3dbf3e88 d5f0d444 7fd5fff7 b5e914f1 ccbef920 fffbfff7 fffea34d 34ff8ef6',
  ],
  [
    "S2, the device's answer",
    { ...common, kind: 'success', identify: DEVICE, address: CLIENT_ADDRESS },
    'fefeffe7 deed5bbd 57e7f547 3dbf3e88 d5f0d444 7fd6fff7 57e90b0e 27b36070 fffbfff7 fffe17ad 39cc9bf8',
  ],
  [
    'S3, our answer',
    { ...common, kind: 'success', identify: CLIENT, address: DEVICE_ADDRESS },
    'fefeffe7 deed5bbd 57e7f547 3dbf3e88 d5f0d444 7fd6fff7 b5e914f1 ccbef920 fffbfff7 fffea34d 34ff8ef6',
  ],
  [
    'S4, without an address',
    { ...common, kind: 'success', identify: DEVICE },
    'fefefff3 deed5bbd 57e7f547 3dbf3e88 d5f0d444 7fd6fff7 57e90b0e 27b36070',
  ],
];

describe.each(VECTORS)('%s', (_name, message, wire) => {
  test('is written as devices expect it', () => {
    expect(Buffer.from(serializeInvertedStun(message)).toString('hex')).toBe(wire.replaceAll(' ', ''));
  });

  test('is read back', () => {
    const read = parseInvertedStun(bytes(wire));
    expect(serializeInvertedStun(read)).toEqual(serializeInvertedStun(message));
    expect([read.kind, read.address]).toEqual([message.kind, message.address]);
  });
});

test('the identification in XML has no zero padding', () => {
  expect(formatIdentify(CLIENT)).toBe('4a 16 eb e 33 41 6 df');
  expect(parseIdentify('4a 16 eb e 33 41 6 df')).toEqual(Uint8Array.from(CLIENT));
  expect(parseIdentify('4a 16 eb 0e 33 41 06 df')).toEqual(Uint8Array.from(CLIENT));
  expect(parseIdentify('4a 16')).toBeUndefined();
});

test.each([
  ['203.0.113.9:23730', DEVICE_ADDRESS],
  [':0', undefined],
  ['203.0.113.9:0', undefined],
  ['256.0.0.1:5', undefined],
  ['camera.example:5', undefined],
])('the address %s', (text, expected) => {
  expect(parseEndpoint(text)).toEqual(expected);
});

test('the last one of a list of addresses counts', () => {
  expect(parseLastEndpoint('10.0.0.1,203.0.113.9:23730')).toEqual(DEVICE_ADDRESS);
});

test('random bytes are read or refused with a GatewayError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (random, plausible) => {
      const datagram = plausible ? Buffer.concat([bytes('fffeffe7'), random]) : random;
      try {
        parseInvertedStun(datagram);
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
      }
    }),
  );
});
