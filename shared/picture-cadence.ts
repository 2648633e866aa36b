/** How many intervals are remembered: a second of an ordinary camera, or half a minute of one with a picture per second. */
const REMEMBERED = 32;
/** Even a fast camera may pause for this long, when a packet was lost or a new group of pictures begins. */
const LEAST_LIMIT_MS = 1000;
/** A camera may skip one picture and be a little late with the next one. */
const PICTURES_MISSED = 2;
const LATE_BY_MS = 300;
/** A camera about which nothing is known yet may send only one picture every five seconds. */
const UNKNOWN_LIMIT_MS = 10_500;
const MOST_LIMIT_MS = 30_000;
/** A camera that has recently sent this often counts as silent after this time, however uneven its pictures are. */
const FAST_MS = 400;
const FAST_LIMIT_MS = 1100;
const JUST_NOW = 5;

/**
 * How often a camera sends pictures, learnt from those that came, because silence for one camera is the usual interval of
 * another. The longest interval is ignored, because it may be a silence that a picture ended.
 */
export class PictureCadence {
  readonly #intervalsMs: number[] = [];
  #lastMs: number | undefined;
  #limitMs: number | undefined;

  /** Must be called with the time of each picture, on any monotonic clock. */
  add(atMs: number): void {
    if (this.#lastMs !== undefined) {
      this.#intervalsMs.push(Math.max(atMs - this.#lastMs, 0));
      if (this.#intervalsMs.length > REMEMBERED) this.#intervalsMs.shift();
      this.#limitMs = undefined;
    }
    this.#lastMs = atMs;
  }

  /** Ignores the time until the next picture: the camera was lost or nobody measured, so it says nothing about the camera. */
  interrupt(): void {
    this.#lastMs = undefined;
  }

  get isKnown(): boolean {
    return this.#intervalsMs.length >= 2;
  }

  /** The camera counts as silent when no picture has come for this long. */
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
