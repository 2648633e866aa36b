import type { VideoCodec } from '../../../shared/camera.ts';
import { isParameterSet } from '../video/parameter-sets.ts';
import { type RtpPayloadFormat, rtpPayloadFormat } from './rtp-payload-format.ts';

/**
 * Turns access units into RTP payloads, which are written one by one into the caller's memory:
 *
 *   packetizer.start(unit.payload);
 *   while (!packetizer.isDone) { const length = packetizer.write(buffer, offset); … marker = packetizer.isDone … }
 *
 * Fragments of a NAL unit fill `maxPayloadBytes`, all but the last: equal sizes are what one call with UDP_SEGMENT can send.
 */
export class RtpPacketizer {
  readonly maxPayloadBytes: number;
  readonly #format: RtpPayloadFormat;
  #nals: readonly Uint8Array[] = [];
  /** The NAL unit to write next, and how much of it went out in fragments. */
  #index = 0;
  #position = 0;

  constructor(codec: VideoCodec, maxPayloadBytes: number) {
    this.#format = rtpPayloadFormat(codec);
    this.maxPayloadBytes = maxPayloadBytes;
  }

  /** Begins an access unit; what is left of the last one is forgotten. */
  start(nals: readonly Uint8Array[]): void {
    this.#nals = nals;
    this.#index = 0;
    this.#position = 0;
    this.#skipEmpty();
  }

  /** True when nothing is left to write. After the last payload of a unit this is its marker bit. */
  get isDone(): boolean {
    return this.#index >= this.#nals.length;
  }

  /** Writes the next payload, at most `maxPayloadBytes` long, and returns its length: 0 when the unit is done. */
  write(target: Uint8Array, offset: number): number {
    const nal = this.#nals[this.#index];
    if (nal === undefined) return 0;
    const end = this.#aggregateEnd();
    if (end > this.#index + 1) return this.#writeAggregate(target, offset, end);
    if (nal.length > this.maxPayloadBytes) return this.#writeFragment(target, offset, nal);
    target.set(nal, offset);
    this.#advanceTo(this.#index + 1);
    return nal.length;
  }

  /** The largest number of payloads that `nals` can become, for callers that reserve memory first. */
  countAtMost(nals: readonly Uint8Array[]): number {
    const room = this.maxPayloadBytes - this.#format.fragmentHeaderBytes;
    let count = 0;
    for (const nal of nals) count += Math.max(1, Math.ceil(nal.length / room));
    return count;
  }

  /** The index after the run of parameter sets that begins at the current NAL unit and fits into one payload. */
  #aggregateEnd(): number {
    if (this.#position > 0) return this.#index;
    const { codec, nalHeaderBytes } = this.#format;
    let bytes = nalHeaderBytes;
    let end = this.#index;
    for (; end < this.#nals.length; end++) {
      const nal = this.#nals[end] as Uint8Array;
      bytes += 2 + nal.length;
      if (nal.length < nalHeaderBytes || !isParameterSet(codec, nal) || bytes > this.maxPayloadBytes) break;
    }
    return end;
  }

  #writeAggregate(target: Uint8Array, offset: number, end: number): number {
    this.#format.writeAggregateHeader(target, offset, this.#nals, this.#index, end);
    let at = offset + this.#format.nalHeaderBytes;
    for (let index = this.#index; index < end; index++) {
      const nal = this.#nals[index] as Uint8Array;
      target[at] = nal.length >>> 8;
      target[at + 1] = nal.length;
      target.set(nal, at + 2);
      at += 2 + nal.length;
    }
    this.#advanceTo(end);
    return at - offset;
  }

  #writeFragment(target: Uint8Array, offset: number, nal: Uint8Array): number {
    const { fragmentHeaderBytes, nalHeaderBytes } = this.#format;
    const start = this.#position === 0 ? nalHeaderBytes : this.#position;
    const end = Math.min(start + this.maxPayloadBytes - fragmentHeaderBytes, nal.length);
    this.#format.writeFragmentHeader(target, offset, nal, this.#position === 0, end === nal.length);
    target.set(nal.subarray(start, end), offset + fragmentHeaderBytes);
    if (end === nal.length) this.#advanceTo(this.#index + 1);
    else this.#position = end;
    return fragmentHeaderBytes + end - start;
  }

  #advanceTo(index: number): void {
    this.#index = index;
    this.#position = 0;
    this.#skipEmpty();
  }

  /** A NAL unit without its whole header cannot be sent; cameras produce them when they cut a start code. */
  #skipEmpty(): void {
    while (this.#index < this.#nals.length) {
      if ((this.#nals[this.#index] as Uint8Array).length >= this.#format.nalHeaderBytes) return;
      this.#index++;
    }
  }
}
