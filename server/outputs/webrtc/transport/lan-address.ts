import { BlockList, isIPv6 } from 'node:net';

const LAN = new BlockList();
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
] as const)
  LAN.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const)
  LAN.addSubnet(net, prefix, 'ipv6');

/** Whether the address is in a private network or on this machine. */
export function isLanAddress(address: string): boolean {
  return LAN.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
