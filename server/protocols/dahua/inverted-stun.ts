import { GatewayError } from '../../platform/errors.ts';
import { type Endpoint, formatEndpoint } from './endpoint.ts';

/** Dahua sends ordinary STUN with every byte replaced by its complement, so that NAT helpers leave it alone. */
export type StunMessage = {
  readonly kind: 'request' | 'success';
  /** Four bytes; devices do not check that it is the real magic cookie. */
  readonly cookie: Uint8Array;
  readonly transaction: Uint8Array;
  /** Eight bytes that identify the sender. */
  readonly identify: Uint8Array;
  readonly address?: Endpoint;
};

export const STUN_COOKIE = Uint8Array.of(0x21, 0x12, 0xa4, 0x42);
const TYPE = { request: 0x0001, success: 0x0101 } as const;
const ATTRIBUTE_ADDRESS = 0x0004;
const ATTRIBUTE_ICE_CONTROLLED = 0x8029;
const ATTRIBUTE_ICE_CONTROLLING = 0x802a;
const HEADER_BYTES = 20;
const MAX_MESSAGE_BYTES = 548;

export function parseInvertedStun(datagram: Uint8Array): StunMessage {
  if (datagram.length < HEADER_BYTES || datagram.length > MAX_MESSAGE_BYTES) throw notStun('its length');
  const plain = datagram.map((byte) => 255 - byte);
  const view = new DataView(plain.buffer);
  const type = view.getUint16(0);
  if (type !== TYPE.request && type !== TYPE.success) throw notStun('its type');
  const end = HEADER_BYTES + view.getUint16(2);
  if (end > plain.length) throw notStun('its declared length');
  let identify: Uint8Array | undefined;
  let address: Endpoint | undefined;
  for (let at = HEADER_BYTES; at + 4 <= end; ) {
    const name = view.getUint16(at);
    const length = view.getUint16(at + 2);
    const value = plain.subarray(at + 4, at + 4 + length);
    if (at + 4 + length > end) throw notStun('an attribute');
    if ((name === ATTRIBUTE_ICE_CONTROLLING || name === ATTRIBUTE_ICE_CONTROLLED) && length === 8) identify = value;
    if (name === ATTRIBUTE_ADDRESS && length === 8) address = parseAddress(value);
    at += 4 + length + (-length & 3);
  }
  if (!identify) throw notStun('the missing sender');
  return {
    kind: type === TYPE.request ? 'request' : 'success',
    cookie: plain.subarray(4, 8),
    transaction: plain.subarray(8, 20),
    identify,
    ...(address ? { address } : {}),
  };
}

export function serializeInvertedStun(message: StunMessage): Uint8Array {
  const attributes = message.address ? 24 : 12;
  const bytes = Buffer.alloc(HEADER_BYTES + attributes);
  bytes.writeUInt16BE(TYPE[message.kind], 0);
  bytes.writeUInt16BE(attributes, 2);
  bytes.set(message.cookie, 4);
  bytes.set(message.transaction, 8);
  bytes.writeUInt16BE(message.kind === 'request' ? ATTRIBUTE_ICE_CONTROLLING : ATTRIBUTE_ICE_CONTROLLED, 20);
  bytes.writeUInt16BE(8, 22);
  bytes.set(message.identify, 24);
  if (message.address) {
    bytes.writeUInt16BE(ATTRIBUTE_ADDRESS, 32);
    bytes.writeUInt16BE(8, 34);
    bytes.writeUInt16BE(1, 36);
    bytes.writeUInt16BE(message.address.port, 38);
    message.address.address.split('.').forEach((octet, index) => {
      bytes[40 + index] = Number(octet);
    });
  }
  return bytes.map((byte) => 255 - byte);
}

/** The identification as XML has it: hexadecimal bytes without zero padding, separated by blanks. */
export function formatIdentify(identify: Uint8Array): string {
  return [...identify].map((byte) => byte.toString(16)).join(' ');
}

export function parseIdentify(text: string): Uint8Array | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 8 || !parts.every((part) => /^[0-9a-f]{1,2}$/i.test(part))) return undefined;
  return Uint8Array.from(parts, (part) => Number.parseInt(part, 16));
}

export function describeStun(message: StunMessage): string {
  const from = Buffer.from(message.identify).toString('hex').slice(0, 4);
  return `STUN ${message.kind} from ${from}…${message.address ? ` (${formatEndpoint(message.address)})` : ''}`;
}

function parseAddress(value: Uint8Array): Endpoint {
  const port = ((value[2] ?? 0) << 8) | (value[3] ?? 0);
  return { address: value.subarray(4, 8).join('.'), port };
}

function notStun(because: string): GatewayError {
  return new GatewayError('bad-data', `A hole punching datagram is not readable: ${because} is wrong.`);
}
