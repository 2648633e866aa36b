import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * The networks that only an administrator may use in a camera's address: the gateway's own machine, and services of clouds and
 * routers on link-local and similar addresses. Private networks are allowed, because cameras are there.
 */
const FORBIDDEN = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, with the metadata service of most clouds
  ['100.100.100.200', 32], // metadata service of Alibaba Cloud
  ['192.0.0.192', 32], // metadata service of Oracle Cloud, older form
  ['224.0.0.0', 4],
  ['255.255.255.255', 32],
] as const) {
  FORBIDDEN.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['fd00:ec2::', 32], // metadata service of AWS
  ['fd20:ce::254', 128], // metadata service of Google Cloud
  ['ff00::', 8],
] as const) {
  FORBIDDEN.addSubnet(network, prefix, 'ipv6');
}

/** IPv4 addresses that are written as IPv6: mapped, and translated by NAT64. */
const EMBEDDED_IPV4 = /^(?:::ffff:|64:ff9b::)(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;

/** Whether an address is forbidden. `own` are the addresses of the gateway's interfaces, which lead to the gateway's own machine. */
export function isForbiddenAddress(address: string, own: readonly string[] = ownAddresses()): boolean {
  const plain = plainAddress(address);
  if (plain === undefined) return true;
  const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6';
  return FORBIDDEN.check(plain, family) || own.some((candidate) => plainAddress(candidate) === plain);
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((infos) => (infos ?? []).map(({ address }) => address));
}

/** One spelling for each address. IPv4 addresses in IPv6 form become IPv4. Undefined for a text that is no address. */
function plainAddress(address: string): string | undefined {
  const family = isIP(address);
  if (family === 4) return address;
  if (family !== 6) return undefined;
  const canonical = new URL(`http://[${address.split('%')[0]}]/`).hostname.slice(1, -1);
  const embedded = EMBEDDED_IPV4.exec(canonical);
  if (!embedded) return canonical;
  const [, dotted, high = '0', low = '0'] = embedded;
  if (dotted !== undefined) return dotted;
  const bytes = [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff]);
  return bytes.join('.');
}
