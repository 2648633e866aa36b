import { isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { candidatePriority, type IceCandidate } from '../../../protocols/stun/ice-candidate.ts';
import type { MappedAddress } from './reflexive-address.ts';

/** Networks that exist only between containers and virtual machines of this host. */
const CONTAINER_INTERFACE = /^(docker|br-|veth|virbr|vnet|cni|flannel|cali|lxc|lxd|podman)/;

/** The addresses of this machine that a viewer may reach, without those that only containers can see. */
export function interfaceAddresses(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): readonly string[] {
  const found = Object.entries(interfaces).flatMap(([name, infos]) =>
    CONTAINER_INTERFACE.test(name) ? [] : (infos ?? []).filter((info) => !info.internal).map(({ address }) => address),
  );
  return found.filter((address) => !address.toLowerCase().startsWith('fe80'));
}

/**
 * The candidates in an answer: every address with the one UDP port, then with the one TCP port, and last the UDP port as a STUN
 * server sees it.
 */
export function gatewayCandidates(
  addresses: readonly string[],
  port: number,
  withTcp: boolean,
  mapped?: MappedAddress,
): readonly IceCandidate[] {
  const hosts = [...new Set(addresses)].filter((address) => isIP(address) !== 0);
  const candidates = (transport: 'udp' | 'tcp') =>
    hosts.map(
      (address, rank): IceCandidate => ({
        foundation: `${transport}${rank}`,
        component: 1,
        transport,
        address,
        port,
        type: 'host',
        priority: candidatePriority('host', transport, rank),
        ...(transport === 'tcp' ? { tcpType: 'passive' } : {}),
      }),
    );
  const reflexive: IceCandidate[] =
    mapped === undefined || hosts.includes(mapped.address)
      ? []
      : [
          {
            foundation: 'srflx',
            component: 1,
            transport: 'udp',
            type: 'srflx',
            address: mapped.address,
            port: mapped.port,
            related: { address: '0.0.0.0', port: 0 },
            priority: candidatePriority('srflx', 'udp', 0),
          },
        ];
  return [...candidates('udp'), ...reflexive, ...(withTcp ? candidates('tcp') : [])];
}
