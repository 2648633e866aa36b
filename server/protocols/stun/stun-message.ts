import { createHmac, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../../platform/errors.ts';
import { crc32 } from './crc32.ts';

/** RFC 8489 message types that ICE uses: the Binding method in three classes. */
export const STUN_TYPE = { bindingRequest: 0x0001, bindingSuccess: 0x0101, bindingError: 0x0111 } as const;

export const STUN_ATTRIBUTE = {
  mappedAddress: 0x0001,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
const INTEGRITY_BYTES = 20;
const FINGERPRINT_XOR = 0x5354554e;
/** No agent sends more. A longer message is an attempt to keep us busy. */
const MAX_ATTRIBUTES = 32;

export type StunAttribute = { readonly type: number; readonly value: Uint8Array };

export type StunMessage = {
  readonly type: number;
  /** Twelve bytes. */
  readonly transactionId: Uint8Array;
  readonly attributes: readonly StunAttribute[];
};

/** Whether a packet on a shared port is STUN and not DTLS or RTP (RFC 7983 clause 7). */
export function isStun(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && (bytes[0] as number) < 4;
}

/** Parses a whole message. What follows MESSAGE-INTEGRITY is not part of it (clause 14.5). */
export function parseStunMessage(bytes: Uint8Array): StunMessage {
  const view = viewOf(bytes);
  if (!isStun(bytes) || view.getUint32(4) !== MAGIC_COOKIE || view.getUint16(2) !== bytes.length - HEADER_BYTES)
    throw new GatewayError('bad-data', 'This is not a STUN message.');
  const attributes: StunAttribute[] = [];
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    if (at + 4 > bytes.length || attributes.length === MAX_ATTRIBUTES) throw damaged();
    const type = view.getUint16(at);
    const end = at + 4 + view.getUint16(at + 2);
    if (end > bytes.length) throw damaged();
    attributes.push({ type, value: bytes.subarray(at + 4, end) });
    if (type === STUN_ATTRIBUTE.messageIntegrity) break;
    at = end + padding(end);
  }
  return { type: view.getUint16(0), transactionId: bytes.subarray(8, HEADER_BYTES), attributes };
}

export function stunAttribute(message: StunMessage, type: number): Uint8Array | undefined {
  return message.attributes.find((attribute) => attribute.type === type)?.value;
}

/** Whether MESSAGE-INTEGRITY is there and was made with this password (RFC 8489 clause 14.5, short-term credentials). */
export function verifyStunIntegrity(bytes: Uint8Array, message: StunMessage, password: string): boolean {
  const claimed = stunAttribute(message, STUN_ATTRIBUTE.messageIntegrity);
  if (claimed?.length !== INTEGRITY_BYTES) return false;
  const end = claimed.byteOffset - bytes.byteOffset - 4;
  return timingSafeEqual(integrityOf(bytes.subarray(0, end), password), claimed);
}

/** With a password MESSAGE-INTEGRITY is added, and always FINGERPRINT, which ICE asks for (RFC 8445 clause 7.1). */
export function serializeStunMessage(message: StunMessage, password?: string): Uint8Array<ArrayBuffer> {
  const integrityBytes = password === undefined ? 0 : 4 + INTEGRITY_BYTES;
  let length = HEADER_BYTES + integrityBytes + 8;
  for (const { value } of message.attributes) length += 4 + value.length + padding(value.length);
  const bytes = new Uint8Array(length);
  const view = viewOf(bytes);
  view.setUint16(0, message.type);
  view.setUint32(4, MAGIC_COOKIE);
  bytes.set(message.transactionId, 8);
  let at = HEADER_BYTES;
  for (const { type, value } of message.attributes) at = writeAttribute(bytes, at, type, value);
  if (password !== undefined) {
    const mac = integrityOf(bytes.subarray(0, at), password);
    at = writeAttribute(bytes, at, STUN_ATTRIBUTE.messageIntegrity, mac);
  }
  view.setUint16(2, length - HEADER_BYTES);
  view.setUint16(at, STUN_ATTRIBUTE.fingerprint);
  view.setUint16(at + 2, 4);
  view.setUint32(at + 4, (crc32(bytes.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0);
  return bytes;
}

/** The HMAC covers everything before it, with a length field that already includes the HMAC. */
function integrityOf(front: Uint8Array, password: string): Uint8Array {
  const header = Uint8Array.from(front.subarray(0, 4));
  viewOf(header).setUint16(2, front.length - HEADER_BYTES + 4 + INTEGRITY_BYTES);
  return createHmac('sha1', password).update(header).update(front.subarray(4)).digest();
}

function writeAttribute(bytes: Uint8Array, at: number, type: number, value: Uint8Array): number {
  const view = viewOf(bytes);
  view.setUint16(at, type);
  view.setUint16(at + 2, value.length);
  bytes.set(value, at + 4);
  return at + 4 + value.length + padding(value.length);
}

function padding(length: number): number {
  return -length & 3;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(): GatewayError {
  return new GatewayError('bad-data', 'A STUN message is damaged.');
}
