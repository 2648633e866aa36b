import { type RunHeader, splitFragment } from '../mp4/fmp4-fragment.ts';
import { AUDIO_TRACK_ID } from '../mp4/mp4-track.ts';

/**
 * A picture whose time is `ticks` is shown at `toldTicks`. Pictures between two points are spread between them, and pictures
 * after the last point keep their own time.
 */
export type RecapPoint = { readonly ticks: number; readonly toldTicks: number };

export type RecapOptions = {
  /** Sound keeps its time. Sound from before this is left out. */
  readonly soundFromTicks?: number;
  /** By how much the key frame is shown later than it is decoded. */
  readonly aheadTicks?: number;
};

/**
 * The current group of pictures, shown within a moment. A viewer who joins ten seconds into a group must decode all of it and
 * would either see nothing until that is done or be ten seconds late. So the old pictures get times close together, right
 * before the live edge or where it will be in a moment: the key frame is shown at once, the others pass quickly, and later
 * pictures come at their own time. Only numbers in the fragments' headers change; the picture data is not copied. Fragments
 * must come in their order.
 */
export class Recap {
  readonly #points: readonly RecapPoint[];
  readonly #soundFromTicks: number;
  readonly #aheadTicks: number;
  #writtenTicks = Number.NEGATIVE_INFINITY;

  /** The first point is the key frame's. Undefined for a group that is no longer than its recap would be. */
  static of(points: readonly RecapPoint[], options: RecapOptions = {}): Recap | undefined {
    const [key] = points;
    return key && key.toldTicks > key.ticks ? new Recap(points, options) : undefined;
  }

  private constructor(points: readonly RecapPoint[], options: RecapOptions) {
    this.#points = points;
    this.#soundFromTicks = options.soundFromTicks ?? Number.POSITIVE_INFINITY;
    this.#aheadTicks = options.aheadTicks ?? 0;
  }

  /** The same fragment in two pieces: a new header and the old data. Empty when the fragment holds only left-out sound. */
  restamp(fragment: Uint8Array): Uint8Array[] {
    const { header, runs, data } = splitFragment(fragment);
    let isWanted = false;
    for (const run of runs) {
      if (this.rewrite(run)) isWanted = true;
      else run.leaveOut();
    }
    return isWanted ? [header, data] : [];
  }

  /** False for sound that is not wanted. */
  rewrite(run: RunHeader): boolean {
    if (run.trackId === AUDIO_TRACK_ID) return run.decodeTicks >= this.#soundFromTicks;
    const { decodeTicks } = run;
    const endTicks = decodeTicks + run.durationTicks;
    const presentationTicks = decodeTicks + run.compositionTicks;
    const toldTicks = Math.max(this.#told(decodeTicks), this.#writtenTicks + 1);
    this.#writtenTicks = toldTicks;
    run.decodeTicks = toldTicks;
    run.durationTicks = this.#toldDuration(toldTicks, decodeTicks, endTicks);
    run.compositionTicks = this.#toldPresentation(presentationTicks) - toldTicks;
    return true;
  }

  /**
   * With B-frames every picture is shown a little later than it is decoded. The key frame of a recap is nevertheless shown at
   * once, or the recap would begin with a gap, and players would wait for its end. The delay returns gradually after it.
   */
  #toldPresentation(ticks: number): number {
    const toldTicks = this.#told(ticks - this.#aheadTicks);
    const [from = 0, to = 0] = this.#points.slice(1, 3).map((point) => point.toldTicks);
    const share = Math.min(Math.max((toldTicks - from) / Math.max(to - from, 1), 0), 1);
    return toldTicks + Math.round(share * this.#aheadTicks);
  }

  /**
   * The time until the next picture, or half the time until one that comes twice as late: when the next picture begins later
   * than twice this duration, browsers wait for a key frame.
   */
  #toldDuration(toldTicks: number, decodeTicks: number, endTicks: number): number {
    const lateTicks = this.#told(2 * endTicks - decodeTicks) - toldTicks;
    return Math.max(this.#told(endTicks) - toldTicks, Math.ceil(lateTicks / 2), 1);
  }

  #told(ticks: number): number {
    const next = this.#points.findIndex((point) => ticks < point.ticks);
    if (next < 0) return Math.max(ticks, this.#points.at(-1)?.toldTicks ?? ticks);
    const after = this.#points[next] as RecapPoint;
    const before = this.#points[next - 1];
    if (!before) return after.toldTicks;
    const share = (ticks - before.ticks) / (after.ticks - before.ticks);
    return Math.round(before.toldTicks + share * (after.toldTicks - before.toldTicks));
  }
}

/** Splits a row of fragments into single ones, each a moof and its mdat. */
export function fragmentsIn(bytes: Uint8Array): Uint8Array[] {
  const view = viewOf(bytes);
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const dataAt = at + view.getUint32(at);
    const end = dataAt + view.getUint32(dataAt);
    fragments.push(bytes.subarray(at, end));
    at = end;
  }
  return fragments;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
