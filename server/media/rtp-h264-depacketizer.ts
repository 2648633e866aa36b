import { AccessUnitAssembler } from './access-unit-assembler.ts';
import { NalFragments } from './nal-fragments.ts';
import { noCounts, type RtpAccessUnit, type RtpDepacketizer } from './rtp-access-unit.ts';
import { pushNal } from './rtp-nal.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { sequenceGap } from './rtp-sequence.ts';

const STAP_A = 24;
const FU_A = 28;
const LAST_SINGLE_NAL = 23;
const FU_START = 0x80;
const FU_END = 0x40;
const FORBIDDEN_BIT = 0x80;

/**
 * RFC 6184, as cameras send it: packetization-mode is not looked at, because Anjvision and others announce 0 and send
 * fragments all the same.
 */
export class RtpH264Depacketizer implements RtpDepacketizer {
  readonly counts = noCounts();
  readonly #assembler: AccessUnitAssembler;
  readonly #fragments = new NalFragments();
  #nextSequence: number | undefined;

  constructor(parameterSets: readonly Uint8Array[] = []) {
    this.#assembler = new AccessUnitAssembler('h264', parameterSets, this.counts);
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
    if (packet.payload.length > 0) this.#unpack(packet, receivedUs);
    if (packet.marker) this.#assembler.marker();
    return this.#assembler.take();
  }

  #unpack({ payload, timestamp }: RtpPacket, receivedUs: number): void {
    const header = payload[0] as number;
    const type = header & 31;
    if (header & FORBIDDEN_BIT) this.#damaged();
    else if (type === FU_A) this.#unpackFragment(payload, timestamp, receivedUs);
    else if (type === STAP_A) this.#unpackAggregate(payload, timestamp, receivedUs);
    else if (type >= 1 && type <= LAST_SINGLE_NAL) {
      this.#endFragments();
      pushNal(this.#assembler, payload, timestamp, receivedUs);
    } else this.counts.unsupported++;
  }

  #unpackFragment(payload: Uint8Array, timestamp: number, receivedUs: number): void {
    if (payload.length < 2) return;
    const indicator = payload[0] as number;
    const flags = payload[1] as number;
    if (flags & FU_START) {
      this.#endFragments();
      this.#fragments.start(Uint8Array.of((indicator & 0xe0) | (flags & 31)));
    }
    if (!this.#fragments.add(payload.subarray(2))) this.#lose();
    // Some cameras (CostarHD) set start and end in one packet, which RFC 6184 clause 5.8 forbids.
    else if (flags & FU_END) pushNal(this.#assembler, this.#fragments.finish(), timestamp, receivedUs);
  }

  #unpackAggregate(payload: Uint8Array, timestamp: number, receivedUs: number): void {
    this.#endFragments();
    let at = 1;
    while (at + 2 <= payload.length) {
      const size = ((payload[at] as number) << 8) | (payload[at + 1] as number);
      if (size === 0) return; // Padded with zeros.
      if (at + 2 + size > payload.length) {
        this.#damaged();
        return;
      }
      pushNal(this.#assembler, payload.subarray(at + 2, at + 2 + size), timestamp, receivedUs);
      at += 2 + size;
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
