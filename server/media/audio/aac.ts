import { GatewayError } from '../../platform/errors.ts';
import { BitReader } from '../bit-reader.ts';

/** ISO 14496-3 table 1.16. */
const SAMPLE_RATES_HZ = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
] as const;
const EXPLICIT_RATE = 15;
const ESCAPE_TYPE = 31;
const SPECTRAL_BAND_REPLICATION = 5;
const PARAMETRIC_STEREO = 29;
const LOW_DELAY = 23;
const ENHANCED_LOW_DELAY = 39;
export const AAC_LOW_COMPLEXITY = 2;

export type AacConfig = {
  readonly objectType: number;
  /** The rate of the core coder. With SBR the decoded sound has twice this rate. */
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly samplesPerFrame: number;
};

export type AdtsHeader = AacConfig & {
  readonly headerBytes: number;
  /** The length of the whole frame, including the header. */
  readonly frameBytes: number;
};

/** AudioSpecificConfig, ISO 14496-3 clause 1.6.2.1. */
export function parseAacConfig(bytes: Uint8Array): AacConfig {
  return readAacConfig(new BitReader(bytes));
}

/** Reads the same configuration inside another structure (LATM); afterwards the reader stands behind GASpecificConfig. */
export function readAacConfig(reader: BitReader): AacConfig {
  let objectType = readObjectType(reader);
  const sampleRateHz = readSampleRate(reader);
  const channelConfiguration = reader.bits(4);
  if (objectType === SPECTRAL_BAND_REPLICATION || objectType === PARAMETRIC_STEREO) {
    readSampleRate(reader);
    objectType = readObjectType(reader);
  }
  const channels = channelConfiguration === 7 ? 8 : channelConfiguration;
  if (channels === 0 || channels > 8)
    throw new GatewayError('bad-data', 'An AAC configuration names no usable channel layout.');
  const shortFrame = reader.bitsLeft > 0 && reader.flag();
  if (objectType !== ENHANCED_LOW_DELAY && reader.bitsLeft > 1) {
    if (reader.flag()) reader.skip(Math.min(14, reader.bitsLeft)); // dependsOnCoreCoder, coreCoderDelay
    if (reader.bitsLeft > 0) reader.flag(); // extensionFlag
  }
  const lowDelay = objectType === LOW_DELAY || objectType === ENHANCED_LOW_DELAY;
  const samplesPerFrame = lowDelay ? (shortFrame ? 480 : 512) : shortFrame ? 960 : 1024;
  return { objectType, sampleRateHz, channels, samplesPerFrame };
}

/** Two bytes for the usual rates and object types; five with an unusual rate. */
export function serializeAacConfig(config: Pick<AacConfig, 'objectType' | 'sampleRateHz' | 'channels'>): Uint8Array {
  const layout = config.channels === 8 ? 7 : config.channels;
  const index = SAMPLE_RATES_HZ.indexOf(config.sampleRateHz as (typeof SAMPLE_RATES_HZ)[number]);
  if (index !== -1) return Uint8Array.of((config.objectType << 3) | (index >> 1), ((index & 1) << 7) | (layout << 3));
  const head = (config.objectType << 3) | (EXPLICIT_RATE >> 1);
  const rate = config.sampleRateHz;
  return Uint8Array.of(
    head,
    0x80 | ((rate >> 17) & 127),
    (rate >> 9) & 255,
    (rate >> 1) & 255,
    ((rate & 1) << 7) | (layout << 3),
  );
}

/** ISO 14496-3 clause 1.A.2.2. Undefined while the header is incomplete. */
export function parseAdtsHeader(bytes: Uint8Array): AdtsHeader | undefined {
  if (bytes.length < 7) return undefined;
  const reader = new BitReader(bytes);
  if (reader.bits(12) !== 0xfff) throw new GatewayError('bad-data', 'AAC data does not begin with an ADTS header.');
  reader.skip(3);
  const headerBytes = reader.flag() ? 7 : 9;
  const objectType = reader.bits(2) + 1;
  const sampleRateHz = SAMPLE_RATES_HZ[reader.bits(4)];
  reader.skip(1);
  const layout = reader.bits(3);
  reader.skip(4);
  const frameBytes = reader.bits(13);
  if (sampleRateHz === undefined || layout === 0 || frameBytes < headerBytes)
    throw new GatewayError('bad-data', 'An ADTS header holds impossible values.');
  const channels = layout === 7 ? 8 : layout;
  return { objectType, sampleRateHz, channels, samplesPerFrame: 1024, headerBytes, frameBytes };
}

/** The seven bytes in front of a raw frame of `frameBytes` bytes. */
export function serializeAdtsHeader(config: AacConfig, frameBytes: number): Uint8Array {
  const index = SAMPLE_RATES_HZ.indexOf(config.sampleRateHz as (typeof SAMPLE_RATES_HZ)[number]);
  if (index === -1 || config.objectType > 4)
    throw new GatewayError('not-supported', 'This kind of AAC has no ADTS header.');
  const layout = config.channels === 8 ? 7 : config.channels;
  const length = frameBytes + 7;
  return Uint8Array.of(
    0xff,
    0xf1,
    ((config.objectType - 1) << 6) | (index << 2) | (layout >> 2),
    ((layout & 3) << 6) | (length >> 11),
    (length >> 3) & 255,
    ((length & 7) << 5) | 31,
    0xfc,
  );
}

/** RFC 6381: mp4a.40.2 and its kin. */
export function aacCodecString(config: AacConfig): string {
  return `mp4a.40.${config.objectType}`;
}

function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === ESCAPE_TYPE ? 32 + reader.bits(6) : type;
}

function readSampleRate(reader: BitReader): number {
  const index = reader.bits(4);
  const rate = index === EXPLICIT_RATE ? reader.bits(24) : SAMPLE_RATES_HZ[index];
  if (!rate) throw new GatewayError('bad-data', 'An AAC configuration names an unknown sample rate.');
  return rate;
}
