import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { serializeReceiverReport } from '../../media/rtp/rtcp-packet.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { AgreedTransport } from '../../protocols/rtsp/client-transport.ts';
import type { MediaHandler, MediaPath } from './media-path.ts';

/** Tapo sends datagrams of 10,000 bytes, and a key frame comes in one burst. */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;
const BIND_ATTEMPTS = 10;
/** An RTP header and nothing behind it opens the way through NAT and firewalls and is ignored by every camera. */
const EMPTY_RTP = Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** Two neighbouring ports for one track, the first even (RFC 3550 clause 11). */
export class UdpMedia implements MediaPath {
  readonly ports: readonly [rtp: number, rtcp: number];
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #handler: MediaHandler;
  #allowed: ReadonlySet<string> = new Set();
  #rtcpTarget: { readonly host: string; readonly port: number } | undefined;
  #closed = false;

  private constructor(rtp: Socket, rtcp: Socket, handler: MediaHandler) {
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#handler = handler;
    this.ports = [rtp.address().port, rtcp.address().port];
    for (const socket of [rtp, rtcp]) {
      socket.on('error', () => {}); // ECONNREFUSED comes back from hole punching.
      socket.on('message', (bytes, from) => this.#receive(bytes, from.address, socket === rtcp));
    }
  }

  static async bind(peer: string, handler: MediaHandler): Promise<UdpMedia> {
    const type = isIP(peer) === 6 ? 'udp6' : 'udp4';
    for (let attempt = 0; attempt < BIND_ATTEMPTS; attempt++) {
      const first = await bindSocket(type, 0);
      const { port } = first.address();
      const isEven = port % 2 === 0;
      const second = await bindSocket(type, isEven ? port + 1 : port - 1).catch(() => undefined);
      if (second) return isEven ? new UdpMedia(first, second, handler) : new UdpMedia(second, first, handler);
      first.close();
    }
    throw new GatewayError('internal', 'No two neighbouring UDP ports are free on this computer.');
  }

  /** The camera agreed: believes its address, and punches holes when it named its ports. */
  agree(peer: string, agreed: AgreedTransport, ssrc: number): void {
    const source = agreed.source && isIP(agreed.source) ? agreed.source : peer;
    this.#allowed = new Set([peer, source]);
    const [rtpPort, rtcpPort] = agreed.serverPorts ?? [0, 0];
    if (rtpPort === 0 || rtcpPort === 0) return; // OpenIPC names none: whatever comes from its address counts.
    this.#rtcpTarget = { host: peer, port: rtcpPort };
    this.#rtp.send(EMPTY_RTP, rtpPort, peer, ignore);
    this.sendRtcp(serializeReceiverReport(ssrc, [], ''));
  }

  sendRtcp(bytes: Uint8Array): void {
    const target = this.#rtcpTarget;
    if (target && !this.#closed) this.#rtcp.send(bytes, target.port, target.host, ignore);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#rtp.close();
    this.#rtcp.close();
  }

  #receive(bytes: Uint8Array, from: string, isRtcp: boolean): void {
    if (!this.#closed && this.#allowed.has(from)) this.#handler(bytes, isRtcp);
  }
}

/** With a `group`, the port may be shared with others who listen to the same group. */
export function bindSocket(type: 'udp4' | 'udp6', port: number, group?: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const isShared = group !== undefined;
    const socket = createSocket({ type, reuseAddr: isShared, recvBufferSize: RECEIVE_BUFFER_BYTES });
    socket.once('error', (error) => {
      socket.close();
      reject(asGatewayError(error));
    });
    // Bound to the group, a socket hears nothing else on that port; Windows cannot do it.
    const address = isShared && process.platform !== 'win32' ? { address: group } : {};
    socket.bind({ port, ...address }, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function ignore(): void {}
