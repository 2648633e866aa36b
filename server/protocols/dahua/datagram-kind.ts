/** A Dahua port speaks three languages at once: a mapping in a NAT belongs to the port, so they cannot be kept apart. */
export type DatagramKind = 'ptcp' | 'stun' | 'message';

export function datagramKind(datagram: Uint8Array): DatagramKind {
  const [first, second, third, fourth] = datagram;
  if (first === 0x50 && second === 0x54 && third === 0x43 && fourth === 0x50) return 'ptcp';
  return first === 0xff || first === 0xfe ? 'stun' : 'message';
}
