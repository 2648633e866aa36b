import { GatewayError } from '../../platform/errors.ts';

export const RTP_HEADER_BYTES = 12;
const VERSION = 2;

export type RtpHeader = {
  readonly payloadType: number;
  readonly marker: boolean;
  /** 16 bits, wraps. */
  readonly sequenceNumber: number;
  /** 32 bits in units of the track's clock rate, wraps. */
  readonly timestamp: number;
  readonly ssrc: number;
};

export type RtpPacket = RtpHeader & { readonly payload: Uint8Array };

/** RFC 3550 clause 5.1. The payload is a view without padding, extension and contributing sources; it may be empty. */
export function parseRtpPacket(bytes: Uint8Array): RtpPacket {
  if (bytes.length < RTP_HEADER_BYTES) throw new GatewayError('bad-data', 'An RTP packet is shorter than its header.');
  const flags = bytes[0] as number;
  if (flags >> 6 !== VERSION) throw new GatewayError('bad-data', 'A packet is not RTP version 2.');
  let start = RTP_HEADER_BYTES + (flags & 15) * 4;
  if (flags & 0x10) {
    if (start + 4 > bytes.length) throw new GatewayError('bad-data', 'An RTP packet ends inside its extension.');
    start += 4 + readUint16(bytes, start + 2) * 4;
  }
  let end = bytes.length;
  if (flags & 0x20) end -= bytes[end - 1] as number;
  if (start > end) throw new GatewayError('bad-data', 'An RTP packet is shorter than its header says.');
  const second = bytes[1] as number;
  return {
    payloadType: second & 127,
    marker: second > 127,
    sequenceNumber: readUint16(bytes, 2),
    timestamp: readUint32(bytes, 4),
    ssrc: readUint32(bytes, 8),
    payload: bytes.subarray(start, end),
  };
}

/** Writes the fixed header (no extension, no padding, no contributing sources) at `offset`. */
export function writeRtpHeader(target: Uint8Array, offset: number, header: RtpHeader): void {
  target[offset] = VERSION << 6;
  target[offset + 1] = (header.marker ? 128 : 0) | header.payloadType;
  target[offset + 2] = header.sequenceNumber >>> 8;
  target[offset + 3] = header.sequenceNumber;
  writeUint32(target, offset + 4, header.timestamp);
  writeUint32(target, offset + 8, header.ssrc);
}

export function serializeRtpPacket(packet: RtpPacket): Uint8Array {
  const bytes = new Uint8Array(RTP_HEADER_BYTES + packet.payload.length);
  writeRtpHeader(bytes, 0, packet);
  bytes.set(packet.payload, RTP_HEADER_BYTES);
  return bytes;
}

function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function readUint32(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at) * 65_536 + readUint16(bytes, at + 2);
}

function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}
