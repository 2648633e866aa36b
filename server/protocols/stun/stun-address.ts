import { GatewayError } from '../../platform/errors.ts';
import { STUN_ATTRIBUTE, type StunMessage, stunAttribute } from './stun-message.ts';

const FAMILY_IPV4 = 1;
const FAMILY_IPV6 = 2;
const MAGIC_COOKIE = Uint8Array.of(0x21, 0x12, 0xa4, 0x42);

/** Where a message came from, as STUN's server saw it. `address` is four or sixteen bytes. */
export type StunAddress = { readonly address: Uint8Array; readonly port: number };

/** Value of XOR-MAPPED-ADDRESS (RFC 8489 clause 14.2). */
export function serializeXorMappedAddress(from: StunAddress, transactionId: Uint8Array): Uint8Array {
  const value = new Uint8Array(4 + from.address.length);
  value[1] = from.address.length === 4 ? FAMILY_IPV4 : FAMILY_IPV6;
  value[2] = (from.port >>> 8) ^ 0x21;
  value[3] = (from.port & 255) ^ 0x12;
  value.set(masked(from.address, transactionId), 4);
  return value;
}

/** The mapped address of a success response, XORed or (old servers) plain; undefined when there is none. */
export function parseMappedAddress(response: StunMessage): StunAddress | undefined {
  const xored = stunAttribute(response, STUN_ATTRIBUTE.xorMappedAddress);
  const value = xored ?? stunAttribute(response, STUN_ATTRIBUTE.mappedAddress);
  if (value === undefined) return undefined;
  const length = value[1] === FAMILY_IPV4 ? 4 : 16;
  if (value.length !== 4 + length) throw new GatewayError('bad-data', 'A STUN server sent a damaged address.');
  const port = ((value[2] as number) << 8) | (value[3] as number);
  const address = value.slice(4);
  if (!xored) return { address, port };
  return { address: masked(address, response.transactionId), port: port ^ 0x2112 };
}

function masked(address: Uint8Array, transactionId: Uint8Array): Uint8Array {
  return address.map((byte, at) => byte ^ ((at < 4 ? MAGIC_COOKIE[at] : transactionId[at - 4]) as number));
}
