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

/**
 * How often a camera sends pictures, learnt from those that came: what is silence for one camera is the usual pace of another.
 * The longest interval of all does not count, because the first picture after a silence ends one that was none.
 */
export class PictureCadence {
  readonly #intervalsMs: number[] = [];
  #next = 0;
  #lastMs: number | undefined;

  /** A picture came at this time of any monotonic clock. */
  add(atMs: number): void {
    if (this.#lastMs !== undefined) {
      this.#intervalsMs[this.#next] = Math.max(atMs - this.#lastMs, 0);
      this.#next = (this.#next + 1) % REMEMBERED;
    }
    this.#lastMs = atMs;
  }

  /** The wait for the next picture says nothing about the camera: it was lost, or nobody looked. */
  interrupt(): void {
    this.#lastMs = undefined;
  }

  /** This camera has fallen silent when no picture came for so long. */
  get limitMs(): number {
    let longest = 0;
    let second = 0;
    for (const intervalMs of this.#intervalsMs) {
      if (intervalMs > longest) {
        second = longest;
        longest = intervalMs;
      } else if (intervalMs > second) second = intervalMs;
    }
    if (this.#intervalsMs.length < 2) return UNKNOWN_LIMIT_MS;
    const usualMs = PICTURES_MISSED * second + LATE_BY_MS;
    return Math.min(Math.max(usualMs, LEAST_LIMIT_MS), MOST_LIMIT_MS);
  }
}
