import type { PacketMemory } from '../../../protocols/srtp/packet-run.ts';
import type { AllocatePacketMemory } from '../native/packet-memory.ts';
import { MAX_PAYLOAD_BYTES, type PacketizedUnit, type PayloadHistory } from './payload-history.ts';
import type { RtpSender } from './rtp-sender.ts';

/** Units whose packets may be asked for again: 8 s at 60 frames a second. */
const UNITS = 512;
const RESENT_SLOTS = 1024;
/** The same packet is not sent again sooner, because the second request was sent before the first answer arrived. */
const AGAIN_AFTER_MS = 20;
/** A viewer who asks again within this time also lost the answer and has fewer attempts left, so the packet is sent twice. */
const REPEATED_WITHIN_MS = 500;
/** A link that loses more is not worth repairing. A viewer who asks for more gets the next key frame. */
const BYTES_PER_SECOND = 500_000;
const BURST_BYTES = 300_000;

/**
 * Sends again what a viewer lost (RFC 4585 generic NACK), as RTX (RFC 4588) where it was agreed. Remembers which unit went
 * out under which sequence numbers; the bytes are in the history that all viewers share.
 */
export class Retransmission {
  readonly #history: PayloadHistory;
  readonly #original: RtpSender;
  readonly #rtx: RtpSender | undefined;
  /** Original sequence number and payload of one RTX packet; shared by all viewers, sending is synchronous. */
  readonly #scratch: PacketMemory;
  readonly #firstSequence = new Uint16Array(UNITS);
  readonly #firstPacket = new Float64Array(UNITS);
  readonly #counts = new Uint16Array(UNITS);
  readonly #timestamps = new Uint32Array(UNITS);
  readonly #resentAtMs = new Float64Array(RESENT_SLOTS);
  #sent = 0;
  #budget = BURST_BYTES;
  #budgetAtMs = 0;
  packets = 0;

  constructor(history: PayloadHistory, original: RtpSender, rtx: RtpSender | undefined, scratch: PacketMemory) {
    this.#history = history;
    this.#original = original;
    this.#rtx = rtx;
    this.#scratch = scratch;
  }

  /** Must be called before the unit is sent. */
  remember(unit: PacketizedUnit, timestamp: number): void {
    const slot = this.#sent++ % UNITS;
    this.#firstSequence[slot] = this.#original.sequenceNumber;
    this.#firstPacket[slot] = unit.firstPacket;
    this.#counts[slot] = unit.endPacket - unit.firstPacket;
    this.#timestamps[slot] = timestamp;
  }

  take(lost: readonly number[], nowMs: number): void {
    const refill = ((nowMs - this.#budgetAtMs) / 1000) * BYTES_PER_SECOND;
    this.#budget = Math.min(this.#budget + refill, BURST_BYTES);
    this.#budgetAtMs = nowMs;
    for (const sequenceNumber of lost) this.#resend(sequenceNumber, nowMs);
  }

  #resend(sequenceNumber: number, nowMs: number): void {
    const resent = sequenceNumber % RESENT_SLOTS;
    const sinceMs = nowMs - (this.#resentAtMs[resent] as number);
    if (this.#budget <= 0 || sinceMs < AGAIN_AFTER_MS) return;
    const copies = sinceMs < REPEATED_WITHIN_MS ? 2 : 1;
    for (let back = 1; back <= Math.min(this.#sent, UNITS); back++) {
      const slot = (this.#sent - back) % UNITS;
      const place = (sequenceNumber - (this.#firstSequence[slot] as number)) & 0xffff;
      const count = this.#counts[slot] as number;
      if (place >= count) continue;
      const packet = (this.#firstPacket[slot] as number) + place;
      if (!this.#history.holds(packet)) return;
      this.#resentAtMs[resent] = nowMs;
      for (let copy = 0; copy < copies; copy++)
        this.#send(sequenceNumber, packet, place === count - 1, this.#timestamps[slot] as number);
      return;
    }
  }

  #send(sequenceNumber: number, packet: number, marker: boolean, timestamp: number): void {
    const history = this.#history;
    const at = history.offsetOf(packet);
    const length = history.lengthOf(packet);
    this.#budget -= length;
    this.packets++;
    if (!this.#rtx) {
      this.#original.repeat(sequenceNumber, history.memory, at, length, marker, timestamp);
      return;
    }
    const { bytes } = this.#scratch;
    bytes[0] = sequenceNumber >>> 8;
    bytes[1] = sequenceNumber;
    bytes.set(history.memory.bytes.subarray(at, at + length), 2);
    this.#rtx.sendOne(this.#scratch, 0, length + 2, marker, timestamp);
  }
}

export function allocateScratch(allocate: AllocatePacketMemory): PacketMemory {
  return allocate(MAX_PAYLOAD_BYTES + 2);
}
