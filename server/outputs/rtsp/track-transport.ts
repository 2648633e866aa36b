import type { Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import type { Clock } from '../../platform/clock.ts';
import type { FramedUnit } from '../../protocols/rtsp/framed-unit.ts';
import { serializeInterleavedFrame } from '../../protocols/rtsp/interleaved.ts';
import type { PortPair } from '../../protocols/rtsp/transport-header.ts';

/** How one track reaches one reader. */
export type TrackTransport = {
  /** What is sent arrives, or the connection ends. */
  readonly isReliable: boolean;
  /** Playing begins; for what serves several readers at once. */
  start?(): void;
  /** False: hold the rest until `onReady` is called. */
  send(framed: FramedUnit): boolean;
  rtcp(packet: Uint8Array): void;
  close(): void;
};

/** The one write per frame and reader; the socket's own limit says when to hold. */
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

/** So many packets at once fit the receive buffer that systems give by default; the rest of a key frame follows a little later. */
const PACKETS_AT_ONCE = 48;
const PAUSE_MS = 1;

/** Packets to one address: a reader's own, or a multicast group. */
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

/** A reader who is gone answers with ICMP; its session ends when its reports stay away. */
function ignoreFailure(): void {}
