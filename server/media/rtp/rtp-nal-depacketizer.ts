import { AccessUnitAssembler } from '../video/access-unit-assembler.ts';
import { indexOfStartCode, splitAnnexB, withoutTrailingZeros } from '../video/annex-b.ts';
import { NalFragments } from '../video/nal-fragments.ts';
import { noCounts, type RtpAccessUnit, type RtpDepacketizer } from './rtp-access-unit.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { sequenceGap } from './rtp-sequence.ts';

/** The bit that marks the first fragment of a NAL unit, in both codecs. */
export const FU_START = 0x80;
const FU_END = 0x40;
const FORBIDDEN_BIT = 0x80;

/** What H.264 and H.265 have in common in RTP: a packet holds one NAL unit, several of them, or a fragment of one. */
export abstract class RtpNalDepacketizer implements RtpDepacketizer {
  readonly counts = noCounts();
  readonly #assembler: AccessUnitAssembler;
  readonly #fragments = new NalFragments();
  readonly #headerBytes: number;
  #nextSequence: number | undefined;
  #timestamp = 0;
  #receivedUs = 0;

  constructor(codec: 'h264' | 'h265', headerBytes: number, parameterSets: readonly Uint8Array[]) {
    this.#assembler = new AccessUnitAssembler(codec, parameterSets, this.counts);
    this.#headerBytes = headerBytes;
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
    this.#timestamp = packet.timestamp;
    this.#receivedUs = receivedUs;
    if (packet.payload.length >= this.#headerBytes) this.#unpack(packet.payload);
    if (packet.marker) this.#assembler.marker();
    return this.#assembler.take();
  }

  /** Reads one payload that begins with a valid header. */
  protected abstract unpack(payload: Uint8Array): void;

  protected single(nal: Uint8Array): void {
    this.#endFragments();
    this.#pushNal(nal);
  }

  /** Reads NAL units from `at` on. Each has its size in front, and there are `gapBytes` between two of them. */
  protected aggregate(payload: Uint8Array, at: number, gapBytes: number): void {
    this.#endFragments();
    while (at + 2 <= payload.length) {
      const size = ((payload[at] as number) << 8) | (payload[at + 1] as number);
      if (size === 0) return; // Padded with zeros.
      if (at + 2 + size > payload.length) {
        this.#damaged();
        return;
      }
      this.#pushNal(payload.subarray(at + 2, at + 2 + size));
      at += 2 + size + gapBytes;
    }
  }

  /** Reads a fragment of a NAL unit. `header` is the NAL unit's own header and comes with its first fragment. */
  protected fragment(piece: Uint8Array, flags: number, header: Uint8Array | undefined): void {
    if (header) {
      this.#endFragments();
      this.#fragments.start(header);
    }
    const added = this.#fragments.add(piece);
    if (added === 'too-large') this.#assembler.tooLarge();
    else if (added === 'no-beginning') this.#lose();
    // Some cameras (CostarHD) set start and end in one packet, which RFC 6184 clause 5.8 forbids.
    else if (flags & FU_END) this.#pushNal(this.#fragments.finish());
  }

  #unpack(payload: Uint8Array): void {
    if ((payload[0] as number) & FORBIDDEN_BIT) this.#damaged();
    else this.unpack(payload);
  }

  /** V380 and others put several NAL units with start codes into one packet; a valid NAL unit cannot contain one. */
  #pushNal(nal: Uint8Array): void {
    if (indexOfStartCode(nal) !== -1) {
      for (const unit of splitAnnexB(nal)) this.#assembler.push(unit, this.#timestamp, this.#receivedUs);
      return;
    }
    const unit = withoutTrailingZeros(nal);
    if (unit.length > 0) this.#assembler.push(unit, this.#timestamp, this.#receivedUs);
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
