import { RTP_HEADER_BYTES, writeRtpHeader } from '../../media/rtp/rtp-packet.ts';
import { INTERLEAVED_HEADER_BYTES, writeInterleavedHeader } from './interleaved.ts';
import type { PortPair } from './transport-header.ts';

/** What an interleaved RTP packet costs beyond its payload. */
export const FRAME_OVERHEAD_BYTES = INTERLEAVED_HEADER_BYTES + RTP_HEADER_BYTES;

/** Writes RTP packets in a row, each after its interleaved header. The payload is written before its headers. */
export class FrameWriter {
  readonly bytes: Uint8Array;
  readonly starts: number[] = [];
  /** The next packet's number. */
  sequence: number;
  readonly #channels: PortPair;
  readonly #payloadType: number;
  readonly #ssrc: number;
  #end = 0;

  constructor(maxBytes: number, channels: PortPair, payloadType: number, ssrc: number, sequence: number) {
    // Every byte that is sent is written first, so the memory need not be cleared.
    this.bytes = Buffer.allocUnsafe(maxBytes);
    this.#channels = channels;
    this.#payloadType = payloadType;
    this.#ssrc = ssrc;
    this.sequence = sequence;
  }

  /** Where the next packet's payload has to be written. */
  get payloadOffset(): number {
    return this.#end + FRAME_OVERHEAD_BYTES;
  }

  get written(): Uint8Array {
    return this.bytes.subarray(0, this.#end);
  }

  /** Completes the packet whose payload stands at `payloadOffset`. */
  endPacket(payloadBytes: number, marker: boolean, timestamp: number): void {
    this.starts.push(this.#end);
    writeInterleavedHeader(this.bytes, this.#end, this.#channels[0], RTP_HEADER_BYTES + payloadBytes);
    writeRtpHeader(this.bytes, this.#end + INTERLEAVED_HEADER_BYTES, {
      payloadType: this.#payloadType,
      marker,
      sequenceNumber: this.sequence,
      timestamp,
      ssrc: this.#ssrc,
    });
    this.sequence = (this.sequence + 1) & 0xffff;
    this.#end += FRAME_OVERHEAD_BYTES + payloadBytes;
  }

  rtcp(packet: Uint8Array): void {
    this.starts.push(this.#end);
    writeInterleavedHeader(this.bytes, this.#end, this.#channels[1], packet.length);
    this.bytes.set(packet, this.#end + INTERLEAVED_HEADER_BYTES);
    this.#end += INTERLEAVED_HEADER_BYTES + packet.length;
  }
}
