import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { aacCodecString, parseAacConfig, parseAdtsHeader, serializeAacConfig, serializeAdtsHeader } from './aac.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

describe('parseAacConfig', () => {
  test.each([
    ['AAC-LC 16 kHz mono', '1408', { objectType: 2, sampleRateHz: 16_000, channels: 1, samplesPerFrame: 1024 }],
    ['AAC-LC 48 kHz stereo', '1190', { objectType: 2, sampleRateHz: 48_000, channels: 2 }],
    ['with sync extension behind it', '119056e500', { objectType: 2, sampleRateHz: 48_000, channels: 2 }],
    ['explicit SBR counts as its core', '2b8a0800', { objectType: 2, sampleRateHz: 22_050, channels: 1 }],
    ['960 samples a frame', '1194', { samplesPerFrame: 960 }],
    ['ELD', 'f8e85000', { objectType: 39, sampleRateHz: 44_100, channels: 2, samplesPerFrame: 480 }],
  ])('%s', (_name, config, expected) => {
    expect(parseAacConfig(hex(config))).toMatchObject(expected);
  });

  test.each([
    ['no channels', '1400'],
    ['unknown rate', '1708'],
    ['cut off', '14'],
    ['empty', ''],
  ])('refuses %s', (_name, config) => {
    expect(() => parseAacConfig(hex(config))).toThrow(GatewayError);
  });

  test('undoes serializeAacConfig, also at an unusual rate', () => {
    for (const sampleRateHz of [8000, 44_100, 48_000, 17_000])
      for (const channels of [1, 2, 6, 8]) {
        const config = { objectType: 2, sampleRateHz, channels };
        expect(parseAacConfig(serializeAacConfig(config))).toMatchObject(config);
      }
  });
});

describe('ADTS', () => {
  test('undoes serializeAdtsHeader', () => {
    const config = { objectType: 2, sampleRateHz: 32_000, channels: 2, samplesPerFrame: 1024 };
    expect(parseAdtsHeader(serializeAdtsHeader(config, 700))).toEqual({ ...config, headerBytes: 7, frameBytes: 707 });
  });

  test('waits for seven bytes and refuses bytes that are no ADTS header', () => {
    expect(parseAdtsHeader(hex('fff15080'))).toBeUndefined();
    expect(() => parseAdtsHeader(hex('00112233445566'))).toThrow(GatewayError);
  });
});

test('the codec string of AAC-LC', () => {
  expect(aacCodecString(parseAacConfig(hex('1408')))).toBe('mp4a.40.2');
});

test('random bytes only return or throw a GatewayError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 16 }), (bytes) => {
      for (const parse of [parseAacConfig, parseAdtsHeader]) {
        try {
          parse(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }
    }),
  );
});
