import { INTERLEAVED_HEADER_BYTES } from './interleaved.ts';
import type { PortPair } from './transport-header.ts';

const MAX_VARIANTS = 128;

/**
 * One access unit ready for the wire: its RTP packets, each after its interleaved header, in one piece of memory that is
 * written as a whole to every TCP reader. The packets for UDP readers are taken out of it.
 */
export class FramedUnit {
  readonly bytes: Uint8Array;
  /** Where each frame begins. */
  readonly starts: readonly number[];
  /** The first frame is a sender report. */
  readonly hasReport: boolean;
  readonly #channels: PortPair;
  #variants: Map<number, Uint8Array> | undefined;

  constructor(bytes: Uint8Array, starts: readonly number[], channels: PortPair, hasReport: boolean) {
    this.bytes = bytes;
    this.starts = starts;
    this.hasReport = hasReport;
    this.#channels = channels;
  }

  /** The bytes for readers who chose unusual channel numbers. They are made once for all readers with the same choice. */
  onChannels(channels: PortPair): Uint8Array {
    if (channels[0] === this.#channels[0] && channels[1] === this.#channels[1]) return this.bytes;
    const key = channels[0] * 256 + channels[1];
    const known = this.#variants?.get(key);
    if (known) return known;
    const variant = this.bytes.slice();
    for (const [index, start] of this.starts.entries())
      variant[start + 1] = index === 0 && this.hasReport ? channels[1] : channels[0];
    this.#variants ??= new Map();
    if (this.#variants.size < MAX_VARIANTS) this.#variants.set(key, variant);
    return variant;
  }

  get packets(): number {
    return this.starts.length;
  }

  /** A view of one packet without its interleaved header. */
  packet(index: number): Uint8Array {
    const start = this.starts[index] as number;
    return this.bytes.subarray(start + INTERLEAVED_HEADER_BYTES, this.starts[index + 1] ?? this.bytes.length);
  }
}
