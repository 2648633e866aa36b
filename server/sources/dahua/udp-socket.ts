import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { GatewayError } from '../../platform/errors.ts';
import { datagramKind } from '../../protocols/dahua/datagram-kind.ts';
import type { Endpoint } from '../../protocols/dahua/endpoint.ts';

export type DatagramHandler = (datagram: Uint8Array, from: Endpoint) => void;

/** Sees every datagram of a session as it passes; for `--debug` and captures. */
export type DatagramObserver = (
  direction: 'sent' | 'received',
  local: Endpoint,
  peer: Endpoint,
  datagram: Uint8Array,
) => void;

const RECEIVE_BUFFER_BYTES = 1 << 20;

/** One UDP port for cloud messages, hole punching and PTCP. */
export class UdpSocket {
  onMessage: DatagramHandler = ignore;
  onStun: DatagramHandler = ignore;
  onPtcp: DatagramHandler = ignore;
  readonly #socket: Socket;
  readonly #observe: DatagramObserver | undefined;
  #isClosed = false;

  static async open(observe?: DatagramObserver): Promise<UdpSocket> {
    // Peers are always IPv4 literals; without this, each datagram would wait for a look-up.
    const socket = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) });
    const listening = once(socket, 'listening'); // Comes at once, because the look-up does.
    socket.bind(0);
    await listening;
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    return new UdpSocket(socket, observe);
  }

  private constructor(socket: Socket, observe: DatagramObserver | undefined) {
    this.#socket = socket;
    this.#observe = observe;
    socket.on('message', (datagram, from) => this.#receive(datagram, from));
    socket.on('error', ignore); // Whoever waits for an answer has a deadline of its own.
  }

  get local(): Endpoint {
    const { address, port } = this.#socket.address();
    return { address, port };
  }

  /** The parts make one datagram. Nobody is told when it cannot be sent: it counts as lost. */
  send(to: Endpoint, ...parts: readonly Uint8Array[]): void {
    if (this.#isClosed) return;
    this.#observe?.('sent', this.local, to, parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
    this.#socket.send(parts, to.port, to.address, ignore);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }

  #receive(datagram: Uint8Array, remote: RemoteInfo): void {
    const from = { address: remote.address, port: remote.port };
    this.#observe?.('received', this.local, from, datagram);
    const kind = datagramKind(datagram);
    try {
      if (kind === 'ptcp') this.onPtcp(datagram, from);
      else if (kind === 'stun') this.onStun(datagram, from);
      else this.onMessage(datagram, from);
    } catch (error) {
      // What makes no sense came from nobody we know how to talk to.
      if (!(error instanceof GatewayError)) throw error;
    }
  }
}

function ignore(): void {}
