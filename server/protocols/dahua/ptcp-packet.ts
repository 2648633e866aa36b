import { GatewayError } from '../../platform/errors.ts';
import { datagramKind } from './datagram-kind.ts';

/** One datagram of PTCP: libjingle's PseudoTcp with the conversation number "PTCP". */
export type PtcpPacket = {
  /** Stream offset of the first body byte. */
  readonly sequence: number;
  /** Next byte expected from the peer, cumulative. */
  readonly acknowledgment: number;
  readonly flags: number;
  /** Free receive space in bytes, before scaling. */
  readonly window: number;
  readonly timestampMs: number;
  readonly echoMs: number;
  readonly body: Uint8Array;
};

const PTCP_MAGIC = 0x50544350;
const PTCP_HEADER_BYTES = 24;
export const PTCP_FLAG = { control: 0x02, reset: 0x04 } as const;

/** Connect, and option 3 (window scale) of length 1. */
const CONNECT_CODE = 0;
const OPTION_WINDOW_SCALE = 3;
const MAX_WINDOW_SCALE = 14;

export function parsePtcpPacket(datagram: Uint8Array): PtcpPacket {
  if (datagram.length < PTCP_HEADER_BYTES || datagramKind(datagram) !== 'ptcp') {
    throw new GatewayError('bad-data', 'A datagram that is no PTCP packet arrived.');
  }
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  return {
    sequence: view.getUint32(4),
    acknowledgment: view.getUint32(8),
    flags: view.getUint8(13),
    window: view.getUint16(14),
    timestampMs: view.getUint32(16),
    echoMs: view.getUint32(20),
    body: datagram.subarray(PTCP_HEADER_BYTES),
  };
}

/** The header alone: the body goes to the socket as it is. */
export function serializePtcpHeader(packet: PtcpPacket): Uint8Array {
  const header = Buffer.allocUnsafe(PTCP_HEADER_BYTES);
  header.writeUInt32BE(PTCP_MAGIC, 0);
  header.writeUInt32BE(packet.sequence, 4);
  header.writeUInt32BE(packet.acknowledgment, 8);
  header.writeUInt16BE(packet.flags, 12);
  header.writeUInt16BE(packet.window, 14);
  header.writeUInt32BE(packet.timestampMs, 16);
  header.writeUInt32BE(packet.echoMs, 20);
  return header;
}

export function serializePtcpPacket(packet: PtcpPacket): Uint8Array {
  return Buffer.concat([serializePtcpHeader(packet), packet.body]);
}

export function serializeConnect(windowScale: number): Uint8Array {
  return Uint8Array.of(CONNECT_CODE, OPTION_WINDOW_SCALE, 1, windowScale);
}

/** The window scale a connect body asks for (0 when it says nothing); undefined for any other control body. */
export function parseConnect(body: Uint8Array): number | undefined {
  if (body[0] !== CONNECT_CODE) return undefined;
  for (let at = 1; at + 1 < body.length; ) {
    const kind = body[at] ?? 0;
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    if (kind === OPTION_WINDOW_SCALE && body[at + 1] === 1) return Math.min(body[at + 2] ?? 0, MAX_WINDOW_SCALE);
    at += 2 + (body[at + 1] ?? 0);
  }
  return 0;
}
