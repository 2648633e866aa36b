import { GatewayError } from '../../platform/errors.ts';
import { parseAdtsHeader } from '../audio/aac.ts';
import { BitReader } from '../bit-reader.ts';
import { NO_UNITS, noCounts, type RtpAccessUnit, type RtpDepacketizer } from './rtp-access-unit.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { sequenceGap } from './rtp-sequence.ts';

export type GenericAacFormat = {
  readonly sizeBits: number;
  readonly indexBits: number;
  readonly indexDeltaBits: number;
  readonly samplesPerFrame: number;
};

const MAX_FRAME_BYTES = 16_384;
const ADTS_HEADER_BYTES = 7;

/** RFC 3640: a packet has a section of header fields and then the frames. One frame may be spread over several packets. */
export class RtpGenericAacDepacketizer implements RtpDepacketizer {
  readonly counts = noCounts();
  readonly reorders = false;
  readonly #format: GenericAacFormat;
  #nextSequence: number | undefined;
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  constructor(format: GenericAacFormat) {
    this.#format = format;
  }

  push(packet: RtpPacket, receivedUs: number): readonly RtpAccessUnit[] {
    const gap = sequenceGap(packet.sequenceNumber, this.#nextSequence);
    if (gap === 'repeated') return NO_UNITS;
    if (gap === 'missing') {
      this.counts.gaps++;
      this.#forgetParts();
    }
    this.#nextSequence = (packet.sequenceNumber + 1) & 0xffff;
    if (packet.payload.length < 2) return NO_UNITS;
    try {
      return this.#unpack(packet, receivedUs);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.counts.damaged++;
      this.#forgetParts();
      return NO_UNITS;
    }
  }

  #unpack({ payload, timestamp, marker }: RtpPacket, receivedUs: number): readonly RtpAccessUnit[] {
    const { sizes, headerBytes } = this.#readSizes(payload);
    const [first] = sizes;
    const available = payload.length - headerBytes;
    if (sizes.length === 1 && first !== undefined && (first > available || this.#partBytes > 0))
      return this.#addPart(payload.subarray(headerBytes), first, timestamp, receivedUs, marker);
    const units: RtpAccessUnit[] = [];
    let at = headerBytes;
    for (const [index, size] of sizes.entries()) {
      if (at + size > payload.length) throw new GatewayError('bad-data', 'An AAC packet is shorter than it says.');
      const frame = withoutAdtsHeader(payload.subarray(at, at + size));
      const at32 = (timestamp + index * this.#format.samplesPerFrame) >>> 0;
      if (frame.length > 0) units.push({ timestamp: at32, receivedUs, keyframe: true, payload: [frame] });
      at += size;
    }
    return units;
  }

  /** Every packet of a fragmented frame names the size of the whole frame (clause 3.2.3). */
  #addPart(part: Uint8Array, size: number, timestamp: number, receivedUs: number, marker: boolean): RtpAccessUnit[] {
    this.#parts.push(part);
    this.#partBytes += part.length;
    if (this.#partBytes < size && this.#partBytes < MAX_FRAME_BYTES && !marker) return [];
    const frame = Buffer.concat(this.#parts);
    this.#forgetParts();
    if (frame.length !== size) throw new GatewayError('bad-data', 'An AAC frame has another size than it says.');
    return [{ timestamp, receivedUs, keyframe: true, payload: [withoutAdtsHeader(frame)] }];
  }

  #readSizes(payload: Uint8Array): { sizes: number[]; headerBytes: number } {
    const { sizeBits, indexBits, indexDeltaBits } = this.#format;
    const headerBits = ((payload[0] as number) << 8) | (payload[1] as number);
    const headerBytes = 2 + Math.ceil(headerBits / 8);
    const reader = new BitReader(payload.subarray(2, headerBytes));
    const sizes: number[] = [];
    for (let left = headerBits; left >= sizeBits + (sizes.length === 0 ? indexBits : indexDeltaBits); ) {
      const index = sizes.length === 0 ? indexBits : indexDeltaBits;
      sizes.push(reader.bits(sizeBits));
      reader.skip(index);
      left -= sizeBits + index;
    }
    return { sizes, headerBytes };
  }

  #forgetParts(): void {
    this.#parts = [];
    this.#partBytes = 0;
  }
}

/** Some cameras leave the ADTS header on each frame although RFC 3640 has none. */
function withoutAdtsHeader(frame: Uint8Array): Uint8Array {
  if (frame.length < ADTS_HEADER_BYTES || frame[0] !== 0xff || ((frame[1] as number) & 0xf6) !== 0xf0) return frame;
  try {
    const header = parseAdtsHeader(frame);
    return header?.frameBytes === frame.length ? frame.subarray(header.headerBytes) : frame;
  } catch (error) {
    if (error instanceof GatewayError) return frame;
    throw error;
  }
}
