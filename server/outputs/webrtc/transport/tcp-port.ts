import { createServer, type Server, type Socket } from 'node:net';
import { listenOn, WEBRTC_SETTINGS } from '../../../platform/listen.ts';
import type { PacketRun } from '../../../protocols/srtp/packet-run.ts';
import { TcpFrameReader, tcpFrame } from '../../../protocols/stun/tcp-framing.ts';
import type { SendOutcome } from '../native/udp-sender.ts';
import type { PacketPath } from './packet-path.ts';
import type { ReceivePacket } from './udp-port.ts';

/** A connection that has not proved a password by then is closed. */
const PROVE_WITHIN_MS = 5000;
const MAX_CONNECTIONS = 4096;
/** About half a second of a 4 Mbit/s camera. If more bytes wait, the picture would be too late. */
const MAX_QUEUED_BYTES = 256 * 1024;

/** The one TCP port of all viewers whose network drops UDP: ICE-TCP, passive (RFC 6544). */
export class TcpPort {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  readonly #receive: ReceivePacket;
  readonly #lose: (key: string) => void;

  private constructor(receive: ReceivePacket, lose: (key: string) => void) {
    this.#receive = receive;
    this.#lose = lose;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** `lose` is called with the key of every path whose connection ended. */
  static async open(
    host: string | undefined,
    port: number,
    receive: ReceivePacket,
    lose: (key: string) => void,
  ): Promise<TcpPort> {
    const tcpPort = new TcpPort(receive, lose);
    await listenOn(tcpPort.#server, { host, port, settings: WEBRTC_SETTINGS });
    return tcpPort;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const { remoteAddress = '', remotePort = 0 } = socket;
    const key = `tcp ${remoteAddress} ${remotePort}`;
    const path = tcpPath(socket, key, remoteAddress.replace(/^::ffff:/, ''), remotePort);
    const reader = new TcpFrameReader();
    this.#connections.add(socket);
    socket.setTimeout(PROVE_WITHIN_MS, () => socket.destroy());
    socket.on('data', (chunk) => {
      try {
        for (const packet of reader.push(chunk))
          if (this.#receive(Uint8Array.from(packet), { key, open: () => path })) socket.setTimeout(0);
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#connections.delete(socket);
      this.#lose(key);
    });
  }
}

function tcpPath(socket: Socket, key: string, address: string, port: number): PacketPath {
  return {
    key,
    transport: 'tcp',
    address,
    port,
    sendPacket: (bytes) => void socket.write(tcpFrame(bytes)),
    sendRun: (run) => writeRun(socket, run),
  };
}

function writeRun(socket: Socket, run: PacketRun): SendOutcome {
  if (socket.destroyed) return 'failed';
  if (socket.writableLength > MAX_QUEUED_BYTES) return 'full';
  socket.cork();
  for (let index = 0; index < run.count; index++) {
    const at = run.packetAt[index] as number;
    socket.write(tcpFrame(run.block.bytes.subarray(at, at + run.packetBytesAt(index))));
  }
  socket.uncork();
  return 'sent';
}
