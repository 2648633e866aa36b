import type { Socket } from 'node:dgram';
import { MAX_RUN_BYTES, type PacketRun } from '../../../protocols/srtp/packet-run.ts';
import type { SendOutcome } from '../native/udp-sender.ts';

/** More than this waiting in dgram's own queue means that the system does not take packets as fast as we make them. */
const MAX_QUEUED_BYTES = 1024 * 1024;

/**
 * Sends runs through a dgram socket, a call for each packet. dgram gives a packet to the system before `send` returns, or, when
 * the system has no room, puts it in its queue and holds on to its memory. So the run goes through an outbox that is written
 * only while that queue is empty, and packets are objects of their own only while it is not.
 */
export class DgramSender {
  readonly #socket: Socket;
  readonly #outbox = Buffer.alloc(MAX_RUN_BYTES);
  /** The outbox's packets as last sent: runs look much alike, and an object per packet costs more than sending it. */
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
