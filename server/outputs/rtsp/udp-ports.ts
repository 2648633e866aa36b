import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { GatewayError } from '../../platform/errors.ts';
import type { PortPair } from '../../protocols/rtsp/transport-header.ts';

export type PortListener = (rtcp: Uint8Array) => void;

const PORT_TRIES = 30;
const SEND_BUFFER_BYTES = 1_048_576;

/** One pair of UDP ports for all readers. Media is sent from it, and reports come back to it. */
export class UdpPorts {
  readonly sockets: readonly [rtp: UdpSocket, rtcp: UdpSocket];
  readonly ports: PortPair;
  readonly #listeners = new Map<string, PortListener>();

  private constructor(sockets: readonly [UdpSocket, UdpSocket]) {
    this.sockets = sockets;
    this.ports = [sockets[0].address().port, sockets[1].address().port];
    sockets[1].on('message', (packet, from) => this.#listeners.get(keyOf(from))?.(packet));
  }

  /** An even port and the next one, of the family that `address` belongs to. */
  static async open(address: string): Promise<UdpPorts> {
    for (let attempt = 0; attempt < PORT_TRIES; attempt++) {
      const rtp = await bind(address, 0);
      const { port } = rtp.address();
      const rtcp = port % 2 === 0 ? await bind(address, port + 1).catch(() => undefined) : undefined;
      if (rtcp) return new UdpPorts([rtp, rtcp]);
      rtp.close();
    }
    throw new GatewayError('internal', 'No pair of free UDP ports was found for RTSP readers.');
  }

  /** Calls back for reports from a reader's RTCP port. The returned function stops that. */
  listen(address: string, port: number, listener: PortListener): () => void {
    const key = keyOf({ address, port });
    this.#listeners.set(key, listener);
    return () => {
      if (this.#listeners.get(key) === listener) this.#listeners.delete(key);
    };
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }
}

async function bind(address: string, port: number): Promise<UdpSocket> {
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', sendBufferSize: SEND_BUFFER_BYTES });
  socket.bind(port, isIPv6(address) ? '::' : '0.0.0.0');
  await once(socket, 'listening');
  socket.on('error', () => {});
  return socket;
}

function keyOf({ address, port }: Pick<RemoteInfo, 'address' | 'port'>): string {
  return `${address} ${port}`;
}

/** Node shows the IPv4 peers of a dual-stack socket as IPv6 addresses. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
