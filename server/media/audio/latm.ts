import { GatewayError } from '../../platform/errors.ts';
import type { BitReader } from '../bit-reader.ts';
import { type AacConfig, readAacConfig } from './aac.ts';

/** StreamMuxConfig (ISO 14496-3 clause 1.7.3.2) in the only form that RFC 3016 streams have: one program, one layer. */
export type LatmConfig = AacConfig & {
  /** Frames in each AudioMuxElement. */
  readonly framesPerElement: number;
};

export function parseLatmConfig(reader: BitReader): LatmConfig {
  const version = reader.bits(1);
  if (version === 1 && reader.bits(1) === 1) throw unsupported();
  if (version === 1) latmValue(reader); // taraBufferFullness
  const allStreamsSameTime = reader.flag();
  const framesPerElement = reader.bits(6) + 1;
  const programs = reader.bits(4) + 1;
  const layers = reader.bits(3) + 1;
  if (!allStreamsSameTime || programs > 1 || layers > 1) throw unsupported();
  const configBits = version === 1 ? latmValue(reader) : undefined;
  const before = reader.bitsLeft;
  const config = readAacConfig(reader);
  if (configBits !== undefined) reader.skip(Math.max(0, configBits - (before - reader.bitsLeft)));
  // GStreamer ends its configuration here.
  if (reader.bitsLeft < 11) return { ...config, framesPerElement };
  if (reader.bits(3) !== 0) throw unsupported(); // frameLengthType: only the variable one
  reader.skip(8); // latmBufferFullness
  if (reader.bitsLeft > 0) skipOtherDataLength(reader, version);
  if (reader.bitsLeft > 0 && reader.flag()) reader.skip(8); // crcCheckSum
  return { ...config, framesPerElement };
}

/** PayloadLengthInfo: the sum of several bytes, the last of which is the first one below 255. */
export function readLatmLength(reader: BitReader): number {
  let length = 0;
  for (;;) {
    const part = reader.bits(8);
    length += part;
    if (part < 255) return length;
  }
}

/** How much other data follows the frames. It is skipped. */
function skipOtherDataLength(reader: BitReader, version: number): void {
  if (!reader.flag()) return;
  if (version === 1) {
    latmValue(reader);
    return;
  }
  for (let more = true; more; ) {
    more = reader.flag();
    reader.skip(8);
  }
}

function latmValue(reader: BitReader): number {
  const bytes = reader.bits(2) + 1;
  let value = 0;
  for (let index = 0; index < bytes; index++) value = value * 256 + reader.bits(8);
  return value;
}

function unsupported(): GatewayError {
  return new GatewayError('bad-data', 'The camera sends AAC in a LATM form that nobody uses.');
}
