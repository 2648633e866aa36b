/** When a frame is decoded and how long it probably lasts, in ticks of its track. */
export type DecodeTime = { readonly decodeTicks: number; readonly durationTicks: number };

/** No decoder keeps more pictures waiting (H.264 annex A, H.265 annex A). */
const MAX_REORDER = 16;
/** A frame's duration follows the interval slowly: cameras stamp with jitter. */
const SMOOTHING = 8;
/**
 * Media Source Extensions, coded frame processing: a step in decode time of more than twice the last frame's duration
 * makes the browser discard everything up to the next key frame. A step of a little less is safe.
 */
const MAX_STEP_IN_DURATIONS = 1.9;

/**
 * Decode times from presentation times alone, without waiting for the next frame. With B-frames the times come sorted and
 * delayed by the reorder depth; after a hole in the stream decode time catches up step by step while the presentation
 * time stays exact.
 */
export class DecodeTimes {
  readonly #ticksPerSecond: number;
  readonly #window: number[] = [];
  readonly #recent: number[] = [];
  #reorder: number;
  #durationTicks: number;
  #isMeasured = false;
  #lastSorted: number | undefined;
  #last: number | undefined;

  constructor(ticksPerSecond: number, reorderFrames: number, framesPerSecond: number | undefined) {
    this.#ticksPerSecond = ticksPerSecond;
    this.#reorder = Math.min(reorderFrames, MAX_REORDER);
    const plausible = framesPerSecond !== undefined && framesPerSecond >= 1 && framesPerSecond <= 240;
    this.#durationTicks = Math.round(ticksPerSecond / (plausible ? framesPerSecond : 25));
  }

  next(presentationTicks: number, keyframe: boolean): DecodeTime {
    this.#learnReorder(presentationTicks);
    const sorted = this.#sortedTime(presentationTicks);
    const decodeTicks = this.#step(sorted, keyframe);
    this.#last = decodeTicks;
    this.#learnDuration(sorted);
    return { decodeTicks, durationTicks: this.#durationTicks };
  }

  /** Parameter sets do not always say that there are B-frames, but the times show it. */
  #learnReorder(presentationTicks: number): void {
    const later = this.#recent.filter((ticks) => ticks > presentationTicks).length;
    if (later > this.#reorder) this.#reorder = later;
    this.#recent.push(presentationTicks);
    if (this.#recent.length > MAX_REORDER) this.#recent.shift();
  }

  /** The smallest of the last `reorder + 1` presentation times, which no later frame can undercut. */
  #sortedTime(presentationTicks: number): number {
    const window = this.#window;
    if (presentationTicks - (window.at(-1) ?? presentationTicks) > this.#ticksPerSecond) window.length = 0;
    if (window.length === 0) {
      for (let ahead = this.#reorder; ahead > 0; ahead--) window.push(presentationTicks - ahead * this.#durationTicks);
    }
    let at = window.length;
    while (at > 0 && (window[at - 1] as number) > presentationTicks) at--;
    window.splice(at, 0, presentationTicks);
    const smallest = window[0] as number;
    if (window.length > this.#reorder) window.shift();
    return smallest;
  }

  #learnDuration(sorted: number): void {
    const before = this.#lastSorted;
    this.#lastSorted = sorted;
    if (before === undefined) return;
    const interval = sorted - before;
    if (interval <= 0 || interval > this.#ticksPerSecond) return;
    if (!this.#isMeasured) this.#durationTicks = interval;
    this.#isMeasured = true;
    // A single gap does not mean a new frame rate, but a new frame rate looks like many gaps in a row.
    const credible = Math.min(interval, 2 * this.#durationTicks);
    this.#durationTicks = Math.max(this.#durationTicks + Math.round((credible - this.#durationTicks) / SMOOTHING), 1);
  }

  #step(sorted: number, keyframe: boolean): number {
    if (this.#last === undefined) return Math.max(sorted, 0);
    const furthest = this.#last + Math.floor(this.#durationTicks * MAX_STEP_IN_DURATIONS);
    const wanted = keyframe ? sorted : Math.min(sorted, furthest);
    return Math.max(wanted, this.#last + 1);
  }
}
