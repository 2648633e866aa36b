import { GatewayError } from '../../platform/errors.ts';
import { parseLatmConfig, readLatmLength } from '../audio/latm.ts';
import { BitReader } from '../bit-reader.ts';
import { NO_UNITS, noCounts, type RtpAccessUnit, type RtpDepacketizer } from './rtp-access-unit.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { sequenceGap } from './rtp-sequence.ts';

export type LatmFormat = { readonly configInBand: boolean; readonly samplesPerFrame: number };

const MAX_ELEMENT_BYTES = 65_536;

/** RFC 3016 and 6416: one AudioMuxElement, whole or spread over packets up to the marker. */
export class RtpLatmDepacketizer implements RtpDepacketizer {
  readonly counts = noCounts();
  readonly reorders = false;
  readonly #configInBand: boolean;
  #samplesPerFrame: number;
  #framesPerElement = 1;
  #hasConfig: boolean;
  #nextSequence: number | undefined;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #timestamp: number | undefined;

  constructor(format: LatmFormat) {
    this.#configInBand = format.configInBand;
    this.#hasConfig = !format.configInBand;
    this.#samplesPerFrame = format.samplesPerFrame;
  }

  push(packet: RtpPacket, receivedUs: number): readonly RtpAccessUnit[] {
    const gap = sequenceGap(packet.sequenceNumber, this.#nextSequence);
    if (gap === 'repeated') return NO_UNITS;
    if (gap === 'missing') this.counts.gaps++;
    if (gap === 'missing' || packet.timestamp !== this.#timestamp) this.#forgetParts();
    this.#nextSequence = (packet.sequenceNumber + 1) & 0xffff;
    this.#timestamp = packet.timestamp;
    this.#parts.push(packet.payload);
    this.#partBytes += packet.payload.length;
    if (!packet.marker && this.#partBytes < MAX_ELEMENT_BYTES) return NO_UNITS;
    const element = this.#parts.length === 1 ? packet.payload : Buffer.concat(this.#parts);
    this.#forgetParts();
    try {
      return this.#unpack(element, packet.timestamp, receivedUs);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.counts.damaged++;
      return NO_UNITS;
    }
  }

  #unpack(element: Uint8Array, timestamp: number, receivedUs: number): readonly RtpAccessUnit[] {
    const reader = new BitReader(element);
    if (this.#configInBand && !reader.flag()) {
      const config = parseLatmConfig(reader);
      this.#framesPerElement = config.framesPerElement;
      this.#samplesPerFrame = config.samplesPerFrame;
      this.#hasConfig = true;
    }
    if (!this.#hasConfig) return NO_UNITS;
    const units: RtpAccessUnit[] = [];
    for (let frame = 0; frame < this.#framesPerElement && reader.bitsLeft >= 8; frame++) {
      const bytes = readLatmLength(reader);
      const payload = reader.bytes(bytes);
      const at32 = (timestamp + frame * this.#samplesPerFrame) >>> 0;
      if (bytes > 0) units.push({ timestamp: at32, receivedUs, keyframe: true, payload: [payload] });
    }
    return units;
  }

  #forgetParts(): void {
    this.#parts = [];
    this.#partBytes = 0;
  }
}
