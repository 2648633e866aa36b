import { isIPv4 } from 'node:net';
import { GatewayError } from '../../../platform/errors.ts';

/** Linux: AF_INET, AF_INET6. */
export const ADDRESS_FAMILY = { ipv4: 2, ipv6: 10 } as const;

/** A struct sockaddr_in (16 bytes) or sockaddr_in6 (28 bytes) for Linux on a little-endian machine. */
export function socketAddress(address: string, port: number): Uint8Array<ArrayBuffer> {
  const v4 = isIPv4(address);
  const bytes = new Uint8Array(v4 ? 16 : 28);
  bytes[0] = v4 ? ADDRESS_FAMILY.ipv4 : ADDRESS_FAMILY.ipv6;
  bytes[2] = port >>> 8;
  bytes[3] = port & 255;
  bytes.set(addressBytes(address), v4 ? 4 : 8);
  return bytes;
}

/** The four or sixteen bytes of an IP address. */
export function addressBytes(address: string): Uint8Array {
  return isIPv4(address) ? Uint8Array.from(address.split('.').map(Number)) : ipv6Bytes(address);
}

function ipv6Bytes(address: string): Uint8Array {
  const bytes = new Uint8Array(16);
  const [head = '', tail] = (address.split('%')[0] as string).split('::');
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  if (front.length + back.length > 16 || (tail === undefined && front.length !== 16))
    throw new GatewayError('bad-request', `${address} is not an IP address.`);
  bytes.set(front);
  bytes.set(back, 16 - back.length);
  return bytes;
}

/** The bytes of colon-separated groups; the last may be an IPv4 address (::ffff:192.0.2.1). */
function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (isIPv4(group)) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >>> 8, value & 255];
  });
}
