import type { Socket as UdpSocket } from 'node:dgram';
import type { Duplex } from 'node:stream';
import { serializeInterleavedFrame } from '../../protocols/rtsp/interleaved.ts';
import type { PortPair } from '../../protocols/rtsp/transport-header.ts';
import type { FramingQuirks, NetworkQuirks } from '../rtsp-camera-quirks.ts';

/** How the packets of one track reach the client. */
export type Carrier = {
  rtp(packet: Uint8Array): void;
  rtcp(packet: Uint8Array): void;
};

/** A camera has memory for this many bytes. Beyond that it drops frames for a client that does not read. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

/** Sends interleaved frames on the RTSP connection, with the errors that real firmware makes there. */
export class InterleavedWriter {
  readonly #socket: Duplex;
  readonly #quirks: FramingQuirks;
  #frames = 0;

  constructor(socket: Duplex, quirks: FramingQuirks = {}) {
    this.#socket = socket;
    this.#quirks = quirks;
  }

  carrier([rtp, rtcp]: PortPair): Carrier {
    return {
      rtp: (packet) => {
        this.#frame(rtp, packet);
        if (this.#quirks.emptyFrames) this.#send(serializeInterleavedFrame(rtp, new Uint8Array(0)));
        if (this.#quirks.strayChannel !== undefined)
          this.#send(serializeInterleavedFrame(this.#quirks.strayChannel, packet));
        if (this.#quirks.deadSessionMedia) this.#send(serializeInterleavedFrame(rtp, ofDeadSession(packet)));
      },
      rtcp: (packet) => this.#frame(rtcp, packet),
    };
  }

  /** Messages use the same connection and are cut in the same way. */
  write(bytes: Uint8Array): void {
    this.#send(bytes);
  }

  #frame(channel: number, packet: Uint8Array): void {
    const { garbage, wrongLength, lineBreakBeforeFrame } = this.#quirks;
    this.#frames++;
    const frame = serializeInterleavedFrame(channel, packet);
    if (wrongLength && this.#frames % wrongLength.everyFrames === 0) {
      const length = packet.length + wrongLength.tooLongBy;
      frame[2] = length >> 8;
      frame[3] = length;
    }
    if (garbage && this.#frames % garbage.everyFrames === 0) this.#send(garbage.bytes);
    if (lineBreakBeforeFrame) this.#send(Uint8Array.of(13, 10));
    this.#send(frame);
  }

  #send(bytes: Uint8Array): void {
    if (this.#socket.destroyed || this.#socket.writableLength > MAX_BACKLOG_BYTES) return;
    const step = this.#quirks.writeBytes ?? bytes.length;
    for (let at = 0; at < bytes.length; at += step) this.#socket.write(bytes.subarray(at, at + step));
  }
}

/** Sends packets to one address and port pair over a simulated network that loses, doubles and reorders them. */
export class DatagramCarrier implements Carrier {
  readonly #sockets: readonly [UdpSocket, UdpSocket];
  readonly #host: string;
  readonly #ports: PortPair;
  readonly #quirks: NetworkQuirks;
  #random: number;
  #delayed: Uint8Array | undefined;

  constructor(
    sockets: readonly [UdpSocket, UdpSocket],
    host: string,
    ports: PortPair,
    quirks: NetworkQuirks | undefined,
  ) {
    this.#sockets = sockets;
    this.#host = host;
    this.#ports = ports;
    this.#quirks = quirks ?? {};
    this.#random = this.#quirks.seed ?? 1;
  }

  rtp(packet: Uint8Array): void {
    if (this.#happens(this.#quirks.lossPercent)) return;
    const late = this.#delayed;
    this.#delayed = undefined;
    if (this.#happens(this.#quirks.reorderPercent)) this.#delayed = packet;
    else this.#send(packet);
    if (late) this.#send(late);
    if (this.#happens(this.#quirks.duplicatePercent)) this.#send(packet);
  }

  rtcp(packet: Uint8Array): void {
    this.#sockets[1].send(packet, this.#ports[1], this.#host, ignoreFailure);
  }

  #send(packet: Uint8Array): void {
    this.#sockets[0].send(packet, this.#ports[0], this.#host, ignoreFailure);
  }

  /** A linear congruential generator: the same seed loses the same packets. */
  #happens(percent: number | undefined): boolean {
    if (!percent) return false;
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#random / 2 ** 32 < percent / 100;
  }
}

function ofDeadSession(packet: Uint8Array): Uint8Array {
  const copy = packet.slice();
  copy.set([0xde, 0xad, 0x5e, 0x55], 8);
  return copy;
}

/** The machine of a client that is gone answers with ICMP errors, which a camera ignores. */
function ignoreFailure(): void {}
