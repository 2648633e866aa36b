import { isIPv4, isIPv6 } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { candidatePriority, type IceCandidate } from '../../protocols/stun/ice-candidate.ts';

/** Networks that exist only between containers and virtual machines of this host. */
const CONTAINER_INTERFACE = /^(docker|br-|veth|virbr|vnet|cni|flannel|cali|lxc|lxd|podman)/;

export type AdvertisedAddress = { readonly address: string; readonly type: 'host' | 'srflx' };

/** The addresses of this machine that a viewer may reach; of those only containers see, none. */
export function interfaceAddresses(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): readonly string[] {
  const found = Object.entries(interfaces).flatMap(([name, infos]) =>
    CONTAINER_INTERFACE.test(name) ? [] : (infos ?? []).filter((info) => !info.internal).map(({ address }) => address),
  );
  return found.filter((address) => !address.toLowerCase().startsWith('fe80'));
}

/** What is written into an answer: every address with the one UDP port and, behind those, the one TCP port. */
export function gatewayCandidates(
  addresses: readonly AdvertisedAddress[],
  port: number,
  withTcp: boolean,
): readonly IceCandidate[] {
  const unique = addresses.filter(
    ({ address }, index) =>
      (isIPv4(address) || isIPv6(address)) && addresses.findIndex((other) => other.address === address) === index,
  );
  const candidates = (transport: 'udp' | 'tcp') =>
    unique.map(({ address, type }, rank): IceCandidate => {
      const related = type === 'srflx' ? { related: { address: isIPv4(address) ? '0.0.0.0' : '::', port: 0 } } : {};
      return {
        foundation: `${transport}${rank}`,
        component: 1,
        transport,
        priority: candidatePriority(type, transport, rank),
        address,
        port,
        type,
        ...(transport === 'tcp' ? { tcpType: 'passive' } : {}),
        ...related,
      };
    });
  return [...candidates('udp'), ...(withTcp ? candidates('tcp') : [])];
}
