/** One Dahua port speaks three protocols, because a NAT mapping belongs to the port and all of them must go through it. */
export type DatagramKind = 'ptcp' | 'stun' | 'message';

export function datagramKind(datagram: Uint8Array): DatagramKind {
  const [first, second, third, fourth] = datagram;
  if (first === 0x50 && second === 0x54 && third === 0x43 && fourth === 0x50) return 'ptcp';
  return first === 0xff || first === 0xfe ? 'stun' : 'message';
}
