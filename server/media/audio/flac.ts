import { BitWriter } from '../bit-writer.ts';
import { bestFixedPrediction, type FixedPrediction } from './flac-prediction.ts';

/** RFC 9639: sound of 16 bits and one channel in one FLAC frame. */
export const FLAC_MIN_BLOCK = 16;
export const FLAC_MAX_BLOCK = 4096;
const SAMPLE_BITS = 16;
const MONO = 0;
const VARIABLE_BLOCKS_SYNC = 0xfff9;
const BLOCK_SIZE_IN_16_BITS = 7;
const RATE_CODES: Readonly<Record<number, number>> = { 8000: 4, 16000: 5, 22050: 6, 24000: 7, 32000: 8, 48000: 10 };
const SUBFRAME_CONSTANT = 0;
const SUBFRAME_VERBATIM = 1;
const SUBFRAME_FIXED = 8;
const RICE_METHOD = 0;
const PARTITION_ORDER = 0;

const CRC8 = Uint8Array.from({ length: 256 }, (_, byte) => crc(byte, 8, 0x07));
const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => crc(byte << 8, 16, 0x8005));

/** The 34 bytes of STREAMINFO (clause 8.2) for a stream without an end. */
export function serializeFlacStreamInfo(sampleRateHz: number): Uint8Array {
  const writer = new BitWriter(34);
  writer.bits(FLAC_MIN_BLOCK, 16);
  writer.bits(FLAC_MAX_BLOCK, 16);
  writer.bits(0, 24);
  writer.bits(0, 24);
  writer.bits(sampleRateHz, 20);
  writer.bits(0, 3);
  writer.bits(SAMPLE_BITS - 1, 5);
  writer.bits(0, 4);
  writer.bits(0, 32);
  for (let word = 0; word < 4; word++) writer.bits(0, 32);
  return writer.finish();
}

/** `firstSample` counts samples since the stream began; a frame holds 16 to 4096 samples. */
export function encodeFlacFrame(samples: Int16Array, firstSample: number, sampleRateHz: number): Uint8Array {
  const writer = new BitWriter(samples.length * 2 + 32);
  writer.bits(VARIABLE_BLOCKS_SYNC, 16);
  writer.bits(BLOCK_SIZE_IN_16_BITS, 4);
  writer.bits(RATE_CODES[sampleRateHz] ?? 0, 4);
  writer.bits(MONO, 4);
  writer.bits(4, 3); // 16 bits per sample
  writer.bits(0, 1);
  writeCodedNumber(writer, firstSample % 2 ** 36);
  writer.bits(samples.length - 1, 16);
  writer.bits(checksum8(writer.bytes()), 8);
  writeSubframe(writer, samples);
  writer.align();
  writer.bits(checksum16(writer.bytes()), 16);
  return writer.finish();
}

function writeSubframe(writer: BitWriter, samples: Int16Array): void {
  const wasted = wastedBits(samples);
  const values = Int32Array.from(samples, (sample) => sample >> wasted);
  const bits = SAMPLE_BITS - wasted;
  if (values.every((value) => value === values[0])) {
    writeSubframeHeader(writer, SUBFRAME_CONSTANT, wasted);
    writer.bits((values[0] as number) & (2 ** bits - 1), bits);
    return;
  }
  const prediction = bestFixedPrediction(values);
  if (prediction.bits >= values.length * bits) {
    writeSubframeHeader(writer, SUBFRAME_VERBATIM, wasted);
    for (const value of values) writer.bits(value & (2 ** bits - 1), bits);
    return;
  }
  writeSubframeHeader(writer, SUBFRAME_FIXED | prediction.order, wasted);
  for (const value of values.subarray(0, prediction.order)) writer.bits(value & (2 ** bits - 1), bits);
  writeResidual(writer, prediction);
}

/** Clause 9.2.7: one partition, Rice coded. */
function writeResidual(writer: BitWriter, { residual, riceParameter }: FixedPrediction): void {
  writer.bits(RICE_METHOD, 2);
  writer.bits(PARTITION_ORDER, 4);
  writer.bits(riceParameter, 4);
  for (const value of residual) {
    const folded = value < 0 ? -2 * value - 1 : 2 * value;
    writer.unary(folded >>> riceParameter);
    writer.bits(folded & ((1 << riceParameter) - 1), riceParameter);
  }
}

function writeSubframeHeader(writer: BitWriter, type: number, wasted: number): void {
  writer.bits(type, 7);
  writer.bits(wasted > 0 ? 1 : 0, 1);
  if (wasted > 0) writer.unary(wasted - 1);
}

/** Zero bits that end every sample: two in expanded mu-law, three and more in A-law. */
function wastedBits(samples: Int16Array): number {
  let union = 0;
  for (const sample of samples) union |= sample;
  return union === 0 ? 0 : Math.min(31 - Math.clz32(union & -union), SAMPLE_BITS - 1);
}

/** Clause 9.1.5: numbers of up to 36 bits, coded as UTF-8 codes characters. */
function writeCodedNumber(writer: BitWriter, value: number): void {
  if (value < 0x80) {
    writer.bits(value, 8);
    return;
  }
  let followers = 1;
  while (value >= 2 ** (followers * 5 + 6)) followers++;
  const lead = Math.floor(value / 64 ** followers);
  writer.bits(((0xff00 >> (followers + 1)) & 0xff) | lead, 8);
  for (let index = followers - 1; index >= 0; index--) writer.bits(0x80 | (Math.floor(value / 64 ** index) % 64), 8);
}

function checksum8(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = CRC8[value ^ byte] as number;
  return value;
}

function checksum16(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = ((value << 8) & 0xffff) ^ (CRC16[(value >> 8) ^ byte] as number);
  return value;
}

function crc(start: number, width: number, polynomial: number): number {
  const top = 2 ** (width - 1);
  let value = start;
  for (let bit = 0; bit < 8; bit++) value = value & top ? (value << 1) ^ polynomial : value << 1;
  return value & (2 ** width - 1);
}
