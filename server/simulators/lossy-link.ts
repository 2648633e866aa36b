export type LinkFaults = {
  readonly lossPercent?: number;
  readonly duplicatePercent?: number;
  /** The share of datagrams that are delayed long enough for later ones to overtake them. */
  readonly reorderPercent?: number;
  readonly delayMs?: number;
};

const REORDER_HOLD_MS = 5;

/** Decides what a bad network does to each datagram. The result is the same for the same seed. */
export class LossyLink {
  faults: LinkFaults;
  readonly #random: () => number;

  constructor(faults: LinkFaults, seed = 1) {
    this.faults = faults;
    this.#random = seededRandom(seed);
  }

  /** The delay in milliseconds of each copy of a datagram. There is no copy when it is lost, and two when it is doubled. */
  deliveries(): readonly number[] {
    const { lossPercent = 0, duplicatePercent = 0, reorderPercent = 0, delayMs = 0 } = this.faults;
    if (this.#hits(lossPercent)) return [];
    const first = delayMs + (this.#hits(reorderPercent) ? REORDER_HOLD_MS : 0);
    return this.#hits(duplicatePercent) ? [first, delayMs + REORDER_HOLD_MS / 2] : [first];
  }

  #hits(percent: number): boolean {
    return percent > 0 && this.#random() * 100 < percent;
  }
}

/** Mulberry32: small, fast, and good enough to shuffle packets. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
