import type { AccessUnit } from '../../../media/access-unit.ts';
import type { RtpPacketizer } from '../../../media/rtp/rtp-packetizer.ts';
import type { PacketMemory } from '../../../protocols/srtp/packet-run.ts';
import type { AllocatePacketMemory } from '../native/packet-memory.ts';

/** With header, extensions and tag this stays under the smallest MTU of IPv6 (1,280), inside TURN as well. */
export const MAX_PAYLOAD_BYTES = 1172;
const SLOT_BYTES = 1176;
const FEWEST_PACKETS = 2048;
const MOST_PACKETS = 28_672;
/** Packets that are younger than this are kept for viewers who lost them. */
const KEEP_US = 1_000_000;

/** One access unit as RTP payloads: packets `firstPacket` to before `endPacket` of its history. */
export type PacketizedUnit = {
  /** Counts the units of a history; consecutive. */
  readonly index: number;
  readonly firstPacket: number;
  readonly endPacket: number;
  readonly bytes: number;
  readonly keyframe: boolean;
  readonly ptsUs: number;
  readonly receivedUs: number;
};

/**
 * The payloads of one camera's video, made once and shared by all its viewers: for sending now, for sending again, and, back to
 * the last key frame, for viewers who join. Payloads are in slots of equal size that are reused in a ring. A packet is a number
 * and never an object. The history grows until a second, 2,048 packets and the group of pictures fit in.
 */
export class PayloadHistory {
  readonly #packetizer: RtpPacketizer;
  readonly #allocate: AllocatePacketMemory;
  memory: PacketMemory;
  #lengths: Uint16Array;
  #capacity = FEWEST_PACKETS;
  #nextPacket = 0;
  #oldestPacket = 0;
  #nextIndex = 0;
  /** The units since the last key frame. Empty when there is none or the group exceeded the limit. */
  #group: PacketizedUnit[] = [];
  /** Units younger than a second. */
  #young: PacketizedUnit[] = [];
  #keyframeIntervalUs: number | undefined;

  constructor(packetizer: RtpPacketizer, allocate: AllocatePacketMemory) {
    this.#packetizer = packetizer;
    this.#allocate = allocate;
    this.memory = allocate(this.#capacity * SLOT_BYTES);
    this.#lengths = new Uint16Array(this.#capacity);
  }

  /** Undefined for a unit that is larger than the whole history may be. */
  add(unit: AccessUnit): PacketizedUnit | undefined {
    if (unit.keyframe) this.#beginGroup(unit);
    const count = this.#packetizer.countAtMost(unit.payload);
    if (!this.#makeRoom(count, unit.receivedUs)) return undefined;
    const firstPacket = this.#nextPacket;
    let bytes = 0;
    this.#packetizer.start(unit.payload);
    while (!this.#packetizer.isDone) {
      const slot = this.#nextPacket % this.#capacity;
      const length = this.#packetizer.write(this.memory.bytes, slot * SLOT_BYTES);
      this.#lengths[slot] = length;
      bytes += length;
      this.#nextPacket++;
    }
    const { keyframe, ptsUs, receivedUs } = unit;
    const index = this.#nextIndex++;
    const added = { index, firstPacket, endPacket: this.#nextPacket, bytes, keyframe, ptsUs, receivedUs };
    if (keyframe || this.#group.length > 0) this.#group.push(added);
    this.#young.push(added);
    return added;
  }

  get group(): readonly PacketizedUnit[] {
    return this.#group;
  }

  /** The unit of the present group with this index. */
  unitAt(index: number): PacketizedUnit | undefined {
    const first = this.#group[0];
    return first && this.#group[index - first.index];
  }

  /** The time between the last two key frames. */
  get keyframeIntervalUs(): number | undefined {
    return this.#keyframeIntervalUs;
  }

  holds(packet: number): boolean {
    return packet >= this.#oldestPacket && packet < this.#nextPacket;
  }

  offsetOf(packet: number): number {
    return (packet % this.#capacity) * SLOT_BYTES;
  }

  lengthOf(packet: number): number {
    return this.#lengths[packet % this.#capacity] as number;
  }

  /** The following units do not continue the earlier ones, so no viewer may start from the old group. */
  forgetGroup(): void {
    this.#group = [];
  }

  #beginGroup(unit: AccessUnit): void {
    const last = this.#group[0];
    this.#keyframeIntervalUs = last && unit.receivedUs - last.receivedUs;
    this.#group = [];
  }

  #makeRoom(count: number, nowUs: number): boolean {
    while (this.#young[0] && this.#young[0].receivedUs < nowUs - KEEP_US) this.#young.shift();
    if (this.#nextPacket + count - this.#oldestWanted() > MOST_PACKETS) {
      this.#group = [];
      this.#young = [];
      if (count > MOST_PACKETS) return false;
    }
    const needed = this.#nextPacket + count - this.#oldestWanted();
    if (needed > this.#capacity) this.#grow(Math.min(Math.max(needed, Math.ceil(this.#capacity * 1.5)), MOST_PACKETS));
    this.#oldestPacket = Math.max(this.#oldestPacket, this.#nextPacket + count - this.#capacity);
    return true;
  }

  #oldestWanted(): number {
    const group = this.#group[0]?.firstPacket ?? this.#nextPacket;
    const young = this.#young[0]?.firstPacket ?? this.#nextPacket;
    return Math.max(Math.min(group, young), this.#oldestPacket);
  }

  #grow(capacity: number): void {
    const bigger = this.#allocate(capacity * SLOT_BYTES);
    const lengths = new Uint16Array(capacity);
    for (let packet = this.#oldestPacket; packet < this.#nextPacket; packet++) {
      const from = this.offsetOf(packet);
      const length = this.lengthOf(packet);
      bigger.bytes.set(this.memory.bytes.subarray(from, from + length), (packet % capacity) * SLOT_BYTES);
      lengths[packet % capacity] = length;
    }
    this.memory = bigger;
    this.#lengths = lengths;
    this.#capacity = capacity;
  }
}
