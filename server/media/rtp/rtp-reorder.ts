import type { RtpPacket } from './rtp-packet.ts';
import { sequenceDistance } from './rtp-sequence.ts';

/** Wi-Fi does not reorder packets further than this in practice. A packet that is missing for longer is lost. */
const WINDOW_PACKETS = 64;
/** A larger loss at once means that the sequence numbers began anew. */
const MAX_JUMP_PACKETS = 1024;
/** A time limit besides the window, because a slow track would fill the window only after seconds. */
const MAX_WAIT_US = 150_000;

type Waiting = { readonly packet: RtpPacket; readonly receivedUs: number };

/** Puts the packets of one UDP track in order and drops repetitions. A packet that never comes is a gap in the result. */
export class RtpReorder {
  readonly #waiting = new Map<number, Waiting>();
  #expected: number | undefined;
  #stranger: RtpPacket | undefined;

  push(packet: RtpPacket, receivedUs: number): readonly RtpPacket[] {
    const { sequenceNumber } = packet;
    const distance = this.#expected === undefined ? 0 : sequenceDistance(this.#expected, sequenceNumber);
    if (distance < 0 && distance >= -WINDOW_PACKETS) return [];
    if (distance < -WINDOW_PACKETS || distance > MAX_JUMP_PACKETS) return this.#suspect(packet);
    if (distance === 0) return this.#release([packet], sequenceNumber + 1);
    this.#waiting.set(sequenceNumber, { packet, receivedUs });
    const [oldest] = this.#waiting.values();
    const overdue = oldest !== undefined && receivedUs - oldest.receivedUs > MAX_WAIT_US;
    return overdue || distance > WINDOW_PACKETS ? this.#skipGap() : [];
  }

  /** Returns the packet that was missing and all waiting packets after it up to the next gap. */
  #release(ready: RtpPacket[], next: number): RtpPacket[] {
    let expected = next & 0xffff;
    for (let found = this.#waiting.get(expected); found; found = this.#waiting.get(expected)) {
      this.#waiting.delete(expected);
      ready.push(found.packet);
      expected = (expected + 1) & 0xffff;
    }
    this.#expected = expected;
    return ready;
  }

  #skipGap(): RtpPacket[] {
    const from = this.#expected ?? 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (const sequence of this.#waiting.keys()) nearest = Math.min(nearest, sequenceDistance(from, sequence));
    return this.#release([], from + nearest);
  }

  /** A number this far away is a late packet or a sender that began anew: the next packet shows which (RFC 3550 A.1). */
  #suspect(packet: RtpPacket): readonly RtpPacket[] {
    const before = this.#stranger;
    this.#stranger = packet;
    if (!before || sequenceDistance(before.sequenceNumber, packet.sequenceNumber) !== 1) return [];
    this.#stranger = undefined;
    const ready: RtpPacket[] = [];
    while (this.#waiting.size > 0) ready.push(...this.#skipGap());
    this.#expected = (packet.sequenceNumber + 1) & 0xffff;
    return [...ready, before, packet];
  }
}
