import { AccessUnitAssembler } from './access-unit-assembler.ts';
import { NalFragments } from './nal-fragments.ts';
import { noCounts, type RtpAccessUnit, type RtpDepacketizer } from './rtp-access-unit.ts';
import { pushNal } from './rtp-nal.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { sequenceGap } from './rtp-sequence.ts';

const AGGREGATION = 48;
const FRAGMENT = 49;
const FU_START = 0x80;
const FU_END = 0x40;
const FORBIDDEN_BIT = 0x80;
const HEADER_BYTES = 2;
const ORDER_NUMBER_BYTES = 2;

/** RFC 7798. */
export class RtpH265Depacketizer implements RtpDepacketizer {
  readonly counts = noCounts();
  readonly #assembler: AccessUnitAssembler;
  readonly #fragments = new NalFragments();
  readonly #hasOrderNumbers: boolean;
  #nextSequence: number | undefined;

  /** `hasOrderNumbers`: sprop-max-don-diff is above 0, so that DONL fields are there (clause 4.4). */
  constructor(parameterSets: readonly Uint8Array[] = [], hasOrderNumbers = false) {
    this.#assembler = new AccessUnitAssembler('h265', parameterSets, this.counts);
    this.#hasOrderNumbers = hasOrderNumbers;
  }

  get reorders(): boolean {
    return this.#assembler.reorders;
  }

  push(packet: RtpPacket, receivedUs: number): readonly RtpAccessUnit[] {
    const gap = sequenceGap(packet.sequenceNumber, this.#nextSequence);
    if (gap === 'repeated') return this.#assembler.take();
    if (gap === 'missing') {
      this.counts.gaps++;
      this.#lose();
    }
    this.#nextSequence = (packet.sequenceNumber + 1) & 0xffff;
    if (packet.payload.length > HEADER_BYTES) this.#unpack(packet, receivedUs);
    if (packet.marker) this.#assembler.marker();
    return this.#assembler.take();
  }

  #unpack({ payload, timestamp }: RtpPacket, receivedUs: number): void {
    const header = payload[0] as number;
    const type = (header >> 1) & 63;
    if (header & FORBIDDEN_BIT) this.#damaged();
    else if (type === FRAGMENT) this.#unpackFragment(payload, timestamp, receivedUs);
    else if (type === AGGREGATION) this.#unpackAggregate(payload, timestamp, receivedUs);
    else if (type < AGGREGATION) {
      this.#endFragments();
      const nal = this.#hasOrderNumbers
        ? Buffer.concat([payload.subarray(0, HEADER_BYTES), payload.subarray(HEADER_BYTES + ORDER_NUMBER_BYTES)])
        : payload;
      pushNal(this.#assembler, nal, timestamp, receivedUs);
    } else this.counts.unsupported++;
  }

  #unpackFragment(payload: Uint8Array, timestamp: number, receivedUs: number): void {
    const flags = payload[HEADER_BYTES] as number;
    let start = HEADER_BYTES + 1;
    if (flags & FU_START) {
      this.#endFragments();
      this.#fragments.start(Uint8Array.of(((payload[0] as number) & 0x81) | ((flags & 63) << 1), payload[1] as number));
      if (this.#hasOrderNumbers) start += ORDER_NUMBER_BYTES;
    }
    if (!this.#fragments.add(payload.subarray(start))) this.#lose();
    else if (flags & FU_END) pushNal(this.#assembler, this.#fragments.finish(), timestamp, receivedUs);
  }

  #unpackAggregate(payload: Uint8Array, timestamp: number, receivedUs: number): void {
    this.#endFragments();
    let at = HEADER_BYTES + (this.#hasOrderNumbers ? ORDER_NUMBER_BYTES : 0);
    while (at + 2 <= payload.length) {
      const size = ((payload[at] as number) << 8) | (payload[at + 1] as number);
      if (size === 0) return; // Padded with zeros.
      if (at + 2 + size > payload.length) {
        this.#damaged();
        return;
      }
      pushNal(this.#assembler, payload.subarray(at + 2, at + 2 + size), timestamp, receivedUs);
      at += 2 + size + (this.#hasOrderNumbers ? 1 : 0); // DOND
    }
  }

  /** A new NAL unit begins although the last one never ended. */
  #endFragments(): void {
    if (this.#fragments.abandon()) this.#lose();
  }

  #damaged(): void {
    this.counts.damaged++;
    this.#lose();
  }

  #lose(): void {
    this.#fragments.abandon();
    this.#assembler.lose();
  }
}
