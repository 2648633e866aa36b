import { GatewayError } from '../../platform/errors.ts';

/** Larger than any STUN, DTLS or RTP packet; RFC 4571's two bytes would allow 65,535. */
const MAX_FRAME_BYTES = 8192;

/** Cuts a TCP stream into packets: RFC 4571 puts two bytes of length in front of each. */
export class TcpFrameReader {
  #rest: Uint8Array = new Uint8Array(0);

  /** The packets that are complete now; they are views, valid until the next call. */
  push(chunk: Uint8Array): Uint8Array[] {
    // What is left is less than one frame, so this copy is bounded.
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Uint8Array[] = [];
    let at = 0;
    while (at + 2 <= bytes.length) {
      const length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      if (length > MAX_FRAME_BYTES) throw new GatewayError('too-large', 'A viewer sent a packet that is too large.');
      if (at + 2 + length > bytes.length) break;
      frames.push(bytes.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
    this.#rest = bytes.slice(at);
    return frames;
  }
}

export function tcpFrame(packet: Uint8Array): Uint8Array {
  const frame = new Uint8Array(2 + packet.length);
  frame[0] = packet.length >>> 8;
  frame[1] = packet.length;
  frame.set(packet, 2);
  return frame;
}
