import type { Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import type { Clock } from '../../platform/clock.ts';
import type { FramedUnit } from '../../protocols/rtsp/framed-unit.ts';
import { serializeInterleavedFrame } from '../../protocols/rtsp/interleaved.ts';
import type { PortPair } from '../../protocols/rtsp/transport-header.ts';

/** How one track is sent to one reader. */
export type TrackTransport = {
  /** True when everything that is sent arrives, or else the connection ends. */
  readonly isReliable: boolean;
  /** Called when playing begins, for transports that serve several readers at once. */
  start?(): void;
  /** When this returns false, the rest must be held back until `onReady` is called. */
  send(framed: FramedUnit): boolean;
  rtcp(packet: Uint8Array): void;
  close(): void;
};

/** Does one write per frame and reader. The socket's own limit says when to hold back. */
export class TcpTransport implements TrackTransport {
  readonly isReliable = true;
  readonly channels: PortPair;
  readonly #socket: Socket;

  constructor(socket: Socket, channels: PortPair) {
    this.#socket = socket;
    this.channels = channels;
  }

  send(framed: FramedUnit): boolean {
    return this.#socket.write(framed.onChannels(this.channels));
  }

  rtcp(packet: Uint8Array): void {
    this.#socket.write(serializeInterleavedFrame(this.channels[1], packet));
  }

  close(): void {}
}

export type UdpDestination = { readonly address: string; readonly ports: PortPair };

/** This many packets fit into the receive buffer that systems have by default. The rest of a key frame follows a little later. */
const PACKETS_AT_ONCE = 48;
const PAUSE_MS = 1;

/** Sends packets to one address, which belongs to a reader or to a multicast group. */
export class UdpTransport implements TrackTransport {
  readonly isReliable = false;
  readonly #sockets: readonly [rtp: UdpSocket, rtcp: UdpSocket];
  readonly #to: UdpDestination;
  readonly #clock: Clock;
  readonly #onReady: () => void;
  #cancelPause: (() => void) | undefined;

  constructor(sockets: readonly [UdpSocket, UdpSocket], to: UdpDestination, clock: Clock, onReady: () => void) {
    this.#sockets = sockets;
    this.#to = to;
    this.#clock = clock;
    this.#onReady = onReady;
  }

  send(framed: FramedUnit): boolean {
    return this.#sendFrom(framed, 0);
  }

  rtcp(packet: Uint8Array): void {
    this.#sockets[1].send(packet, this.#to.ports[1], this.#to.address, ignoreFailure);
  }

  close(): void {
    this.#cancelPause?.();
  }

  #sendFrom(framed: FramedUnit, first: number): boolean {
    const end = Math.min(first + PACKETS_AT_ONCE, framed.packets);
    for (let index = first; index < end; index++) {
      const packet = framed.packet(index);
      if (index === 0 && framed.hasReport) this.rtcp(packet);
      else this.#sockets[0].send(packet, this.#to.ports[0], this.#to.address, ignoreFailure);
    }
    if (end === framed.packets) return true;
    this.#cancelPause = this.#clock.after(PAUSE_MS, () => {
      if (this.#sendFrom(framed, end)) this.#onReady();
    });
    return false;
  }
}

/** ICMP errors from a reader who is gone are ignored. Its session ends when its reports stop. */
function ignoreFailure(): void {}
