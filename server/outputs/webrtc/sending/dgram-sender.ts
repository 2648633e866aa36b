import type { Socket } from 'node:dgram';
import { MAX_RUN_BYTES, type PacketRun } from '../../../protocols/srtp/packet-run.ts';
import type { SendOutcome } from '../native/udp-sender.ts';

/** When more bytes than this wait in dgram's queue, the system does not accept packets as fast as we make them. */
const MAX_QUEUED_BYTES = 1024 * 1024;

/**
 * Sends runs through a dgram socket, with one call for each packet. dgram passes a packet to the system before `send` returns.
 * When the system has no room, dgram queues the packet and keeps using its memory. So the run is copied to an outbox, which is
 * only reused while that queue is empty. Otherwise each packet gets its own memory.
 */
export class DgramSender {
  readonly #socket: Socket;
  readonly #outbox = Buffer.alloc(MAX_RUN_BYTES);
  /** The packets of the last run. They are reused because runs are similar, and an object per packet costs more than sending it. */
  readonly #packets: Buffer[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  send(run: PacketRun, address: string, port: number): SendOutcome {
    const queuedBytes = this.#socket.getSendQueueSize();
    if (queuedBytes > MAX_QUEUED_BYTES) return 'full';
    if (queuedBytes === 0) this.#outbox.set(run.block.bytes.subarray(0, run.bytes));
    for (let index = 0; index < run.count; index++) {
      const at = run.packetAt[index] as number;
      const end = at + run.packetBytesAt(index);
      const packet = queuedBytes === 0 ? this.#packetAt(index, at, end) : run.block.bytes.slice(at, end);
      this.#socket.send(packet, port, address);
    }
    return 'sent';
  }

  #packetAt(index: number, at: number, end: number): Buffer {
    const known = this.#packets[index];
    if (known && known.byteOffset - this.#outbox.byteOffset === at && known.length === end - at) return known;
    const packet = this.#outbox.subarray(at, end);
    this.#packets[index] = packet;
    return packet;
  }
}
