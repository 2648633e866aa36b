import { isIPv6 } from 'node:net';
import type { Logger } from 'pino';
import { asGatewayError } from '../../../platform/errors.ts';
import { cannotListen, WEBRTC_SETTINGS } from '../../../platform/listen.ts';
import type { BoundUdpSocket, SendPath } from '../sending/send-path.ts';
import type { PacketOrigin } from './ice-router.ts';
import type { PacketPath } from './packet-path.ts';

export type ReceivePacket = (bytes: Uint8Array, origin: PacketOrigin) => boolean;

/** Enough for bursts of a few hundred viewers' key frames. The kernel limits it to net.core.wmem_max. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/** The one UDP port of all viewers: an IPv4 socket and, where the machine has IPv6, a second one with the same number. */
export class UdpPort {
  readonly port: number;
  readonly #bound: readonly BoundUdpSocket[];

  private constructor(bound: readonly BoundUdpSocket[], port: number, receive: ReceivePacket, log: Logger) {
    this.#bound = bound;
    this.port = port;
    for (const one of bound) {
      one.socket.on('message', (bytes, from) => {
        const key = `udp ${from.address} ${from.port}`;
        receive(bytes, { key, open: () => udpPath(one, key, from.address, from.port) });
      });
      one.socket.on('error', (error) => log.warn({ err: error }, 'webrtc socket error'));
      setBufferSizes(one);
    }
  }

  /** Without `host` it listens on every address of this machine. Rejects when the port is taken. */
  static async open(
    host: string | undefined,
    port: number,
    sendPath: SendPath,
    receive: ReceivePacket,
    log: Logger,
  ): Promise<UdpPort> {
    const first = await sendPath.bind(host ?? '0.0.0.0', port).catch((error: Error) => {
      throw cannotListen(error, port, host, WEBRTC_SETTINGS);
    });
    const actual = first.socket.address().port;
    const bound = [first];
    if (host === undefined) {
      try {
        bound.push(await sendPath.bind('::', actual));
      } catch (error) {
        log.info({ reason: asGatewayError(error).message }, 'webrtc serves IPv4 only');
      }
    }
    return new UdpPort(bound, actual, receive, log);
  }

  /** A path to an address that has not sent anything yet; undefined for a family without a socket. */
  pathTo(address: string, port: number): PacketPath | undefined {
    const family = isIPv6(address) ? 'IPv6' : 'IPv4';
    const one = this.#bound.find(({ socket }) => socket.address().family === family);
    return one && udpPath(one, `udp ${address} ${port}`, address, port);
  }

  /** A packet to any address, for STUN servers. */
  send(bytes: Uint8Array, address: string, port: number): void {
    this.pathTo(address, port)?.sendPacket(bytes);
  }

  async close(): Promise<void> {
    await Promise.all(this.#bound.map(({ socket }) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }
}

function udpPath(bound: BoundUdpSocket, key: string, address: string, port: number): PacketPath {
  return {
    key,
    transport: 'udp',
    address,
    port,
    sendPacket: (bytes) => bound.socket.send(bytes, port, address),
    sendRun: bound.senderTo(address, port),
  };
}

function setBufferSizes({ socket }: BoundUdpSocket): void {
  socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
  socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
}
