import type { Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { GatewayError } from '../../platform/errors.ts';
import type { MediaHandler, MediaPath } from './media-path.ts';
import { bindSocket } from './udp-media.ts';

export type MulticastGroup = {
  readonly address: string;
  readonly ports: readonly [rtp: number, rtcp: number];
  /** The camera; it gets the reports, by unicast. */
  readonly peer: string;
  /** Whose packets are believed. */
  readonly sources: ReadonlySet<string>;
  /** Our address towards it: the interface to join on. */
  readonly local: string;
};

/** Joins the group that the camera sends one track to. */
export async function joinGroup(group: MulticastGroup, handler: MediaHandler): Promise<MediaPath> {
  const sockets: Socket[] = [];
  const close = (): void => {
    for (const socket of sockets.splice(0)) socket.close();
  };
  const isV6 = isIP(group.address) === 6;
  try {
    for (const [index, port] of group.ports.entries()) {
      const socket = await bindSocket(isV6 ? 'udp6' : 'udp4', port, group.address);
      sockets.push(socket);
      socket.addMembership(group.address, isV6 ? undefined : group.local);
      socket.on('error', () => {});
      socket.on('message', (bytes, from) => {
        if (group.sources.has(from.address)) handler(bytes, index === 1);
      });
    }
  } catch (error) {
    close();
    throw new GatewayError('no-route', `The multicast group ${group.address} cannot be joined on this computer.`, {
      cause: error,
    });
  }
  return {
    sendRtcp: (bytes) => sockets[1]?.send(bytes, group.ports[1], group.peer, () => {}),
    close,
  };
}
