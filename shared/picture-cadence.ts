/** So many intervals are remembered: a second of an ordinary camera, half a minute of one that sends a picture a second. */
const REMEMBERED = 32;
/** Even a fast camera may pause for so long: it lost a packet, or began a new group of pictures. */
const LEAST_LIMIT_MS = 1000;
/** A camera may skip one picture, and be a little late with the next. */
const PICTURES_MISSED = 2;
const LATE_BY_MS = 300;
/** A camera of which nothing is known yet may be one that sends a picture every five seconds. */
const UNKNOWN_LIMIT_MS = 10_500;
const MOST_LIMIT_MS = 30_000;
/** Whoever sends so often just now has fallen silent after this, however unevenly the pictures come. */
const FAST_MS = 400;
const FAST_LIMIT_MS = 1100;
const JUST_NOW = 5;

/**
 * How often a camera sends pictures, learnt from those that came: what is silence for one camera is the usual pace of another.
 * The longest interval of all does not count, because the first picture after a silence ends one that was none.
 */
export class PictureCadence {
  readonly #intervalsMs: number[] = [];
  #lastMs: number | undefined;
  #limitMs: number | undefined;

  /** A picture came at this time of any monotonic clock. */
  add(atMs: number): void {
    if (this.#lastMs !== undefined) {
      this.#intervalsMs.push(Math.max(atMs - this.#lastMs, 0));
      if (this.#intervalsMs.length > REMEMBERED) this.#intervalsMs.shift();
      this.#limitMs = undefined;
    }
    this.#lastMs = atMs;
  }

  /** The wait for the next picture says nothing about the camera: it was lost, or nobody looked. */
  interrupt(): void {
    this.#lastMs = undefined;
  }

  get isKnown(): boolean {
    return this.#intervalsMs.length >= 2;
  }

  /** This camera has fallen silent when no picture came for so long. */
  get limitMs(): number {
    this.#limitMs ??= limitOf(this.#intervalsMs);
    return this.#limitMs;
  }
}

function limitOf(intervalsMs: readonly number[]): number {
  const second = ascending(intervalsMs).at(-2);
  if (second === undefined) return UNKNOWN_LIMIT_MS;
  const lately = ascending(intervalsMs.slice(-JUST_NOW));
  const mostMs = (lately[lately.length >> 1] ?? 0) < FAST_MS ? FAST_LIMIT_MS : MOST_LIMIT_MS;
  return Math.min(Math.max(PICTURES_MISSED * second + LATE_BY_MS, LEAST_LIMIT_MS), mostMs);
}

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((one, other) => one - other);
}
