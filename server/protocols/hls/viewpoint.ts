import { planRecap, recapEndOf } from '../../media/catch-up/hls-recap-plan.ts';
import type { HlsPart, HlsSegment, Segmenter } from './segmenter.ts';

/** A segment in one viewer's playlist: a whole segment of the stream, or a stretch of one (see Viewpoint). */
export type ViewedSegment = {
  readonly mediaSequence: number;
  readonly source: HlsSegment;
  readonly firstPart: number;
  readonly parts: readonly HlsPart[];
  readonly isComplete: boolean;
  readonly isWhole: boolean;
  /** A piece of the recap that ends before part number `end` (counted on into the next segment), if this is one. */
  readonly recap: { readonly piece: number; readonly end: number } | undefined;
  /** Counted from the beginning of `source`. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly mayListParts: boolean;
  /** Whether it belongs to the segment in which the viewer joined, or to the next one if that began soon after joining. */
  readonly isCloseToJoin: boolean;
};

export type StreamTiming = Pick<Segmenter, 'longestS' | 'partTargetUs'>;

/**
 * For about two seconds after the point of joining, each part is a stretch of its own: hls.js fetches whole segments until
 * its position has come near the listed parts, and would stall while it waits for a long one. The later stretches are about a
 * second long, so that a player on a slow line always finds something complete to fetch.
 */
const SHORT_STRETCHES = 16;
const STRETCH_PARTS = 8;
/** Assumed for a camera whose key-frame interval is not known yet. */
const ASSUMED_TARGET_S = 4;
const MIN_TARGET_S = 2;
/** A segment may be this much longer than the target duration, because the rounded length counts. */
const ROUNDED_DOWN_US = 499_990;

/**
 * How one viewer sees the stream. A viewer who joins ten seconds into a group of pictures must decode all of it, but need not
 * fetch its eighty parts one by one: for this viewer everything so far is one complete segment with one address, or a recap if
 * the viewer wants one. The rest of that group follows in short segments called stretches, and then the segments are the same
 * as for everybody. A target duration may not change (clause 4.4.3.1), so when key frames become rarer than this viewer was
 * told, longer groups are cut into stretches too.
 */
export class Viewpoint {
  readonly targetDurationS: number;
  readonly #joinSegment: number;
  readonly #joinPart: number;
  readonly #withRecap: boolean;
  /** Also undefined when the group was still too short to need a recap. */
  readonly #recapEnd: number | undefined;
  readonly #partTargetUs: number;
  readonly #stretchParts: number;
  /** How many short stretches the next segment must still have, and how many of its parts the recap already contains. */
  #shortLeft = SHORT_STRETCHES;
  #takenOfNext = 0;
  /** The media sequence numbers of the segment in which the viewer joined and of the later ones. */
  readonly #numbers = new Map<number, number>();

  /** `withRecap` is for players that begin with parts. Their playlist lists nothing before the group in which they join. */
  constructor(current: HlsSegment, { longestS, partTargetUs }: StreamTiming, withRecap: boolean) {
    this.#withRecap = withRecap;
    this.#partTargetUs = partTargetUs;
    this.#recapEnd = withRecap ? recapEndOf(current, partTargetUs) : undefined;
    this.#joinSegment = current.number;
    this.#joinPart = withRecap ? (this.#recapEnd ?? 0) : current.parts.length;
    this.#numbers.set(current.number, current.number);
    const joined = Math.ceil(durationOf(current.parts) / 1_000_000);
    this.targetDurationS = Math.max(longestS ?? ASSUMED_TARGET_S, joined, MIN_TARGET_S);
    this.#stretchParts = Math.max(1, Math.min(STRETCH_PARTS, Math.floor(this.#longestUs / partTargetUs)));
  }

  get #longestUs(): number {
    return this.targetDurationS * 1_000_000 + ROUNDED_DOWN_US;
  }

  /** The number of the next part of the growing segment, as this viewer's playlist counts. */
  nextPart(growing: HlsSegment): number {
    const recapEnd = growing.number === this.#joinSegment ? this.#joinPart : this.#takenOf(growing);
    return Math.max(growing.parts.length, recapEnd);
  }

  /** Must be called for every segment that ends while the viewer is there. */
  segmentClosed(segment: HlsSegment): void {
    if (segment.number === this.#joinSegment) {
      this.#shortLeft -= Math.max(segment.parts.length - this.#joinPart, 0);
      this.#takenOfNext = Math.max(this.#joinPart - segment.parts.length, 0);
    }
    const number = this.#numbers.get(segment.number);
    if (number !== undefined) this.#numbers.set(segment.number + 1, number + this.#stretches(segment).length);
  }

  /** How many parts of this segment the recap contains. A recap never continues beyond a discontinuity. */
  #takenOf({ number, discontinuity }: HlsSegment): number {
    return number === this.#joinSegment + 1 && !discontinuity ? this.#takenOfNext : 0;
  }

  view(listed: readonly HlsSegment[]): readonly ViewedSegment[] {
    const oldest = listed[0]?.number ?? 0;
    for (const number of this.#numbers.keys()) if (number < oldest) this.#numbers.delete(number);
    const seen = this.#withRecap ? listed.filter(({ number }) => number >= this.#joinSegment) : listed;
    return seen.flatMap((segment) => this.#stretches(segment));
  }

  /** The part numbers at which stretches begin. The last stretch of a growing segment may have no part yet. */
  #boundaries(segment: HlsSegment): number[] {
    if (segment.number < this.#joinSegment) return [0];
    return segment.number === this.#joinSegment ? this.#joinBoundaries(segment) : this.#lengthBoundaries(segment);
  }

  #joinBoundaries({ parts, durationUs }: HlsSegment): number[] {
    // While the segment grows, a stretch is complete as soon as its last part is, so a boundary may lie at the very end.
    const end = durationUs === undefined ? Math.max(parts.length, this.#joinPart) + 1 : parts.length;
    const boundaries = [0];
    let next = Math.max(this.#joinPart, 1);
    while (next < end) {
      boundaries.push(next);
      next += next < this.#joinPart + SHORT_STRETCHES ? 1 : this.#stretchParts;
    }
    return boundaries;
  }

  /** One stretch, unless the segment is longer than this viewer was told or begins soon after the viewer joined. */
  #lengthBoundaries(segment: HlsSegment): number[] {
    const { number, parts, durationUs } = segment;
    const taken = this.#takenOf(segment);
    const short = number === this.#joinSegment + 1 ? taken + Math.max(this.#shortLeft, 0) : 0;
    const boundaries = [taken];
    for (let at = taken + 1; at <= short && at < parts.length + Number(durationUs === undefined); at++)
      boundaries.push(at);
    let lengthUs = 0;
    for (const [index, part] of parts.entries()) {
      if (index <= short) lengthUs = 0;
      lengthUs += part.durationUs;
      if (lengthUs <= this.#longestUs) continue;
      boundaries.push(index);
      lengthUs = part.durationUs;
    }
    return boundaries;
  }

  #stretches(segment: HlsSegment): ViewedSegment[] {
    const isClosed = segment.durationUs !== undefined;
    // The recap contains all parts of this segment, so the playlist has no segment for it.
    if (isClosed && segment.number > this.#joinSegment && this.#takenOf(segment) >= segment.parts.length) return [];
    const boundaries = this.#boundaries(segment);
    const isWhole = boundaries.length === 1 && boundaries[0] === 0 && segment.number !== this.#joinSegment;
    const number = this.#numbers.get(segment.number) ?? segment.number;
    const stretches = boundaries.map((firstPart, index): ViewedSegment => {
      const end = boundaries[index + 1];
      const parts = segment.parts.slice(firstPart, end);
      return {
        mediaSequence: number + index,
        source: segment,
        firstPart,
        parts,
        isComplete: end !== undefined || isClosed,
        isWhole,
        recap: undefined,
        startUs: durationOf(segment.parts.slice(0, firstPart)),
        // When pictures are missing, the parts together are shorter than their segment.
        durationUs: Math.min((isWhole ? segment.durationUs : undefined) ?? durationOf(parts), this.#longestUs),
        mayListParts:
          segment.number > this.#joinSegment ||
          (segment.number === this.#joinSegment && (firstPart >= this.#joinPart || this.#withRecap)),
        isCloseToJoin:
          segment.number === this.#joinSegment || (segment.number === this.#joinSegment + 1 && this.#shortLeft > 0),
      };
    });
    return segment.number === this.#joinSegment ? this.#withRecapAhead(stretches) : stretches;
  }

  /** Replaces the stretch that was there when the viewer joined with the pieces of the recap, each a segment of one part. */
  #withRecapAhead([joined, ...later]: readonly ViewedSegment[]): ViewedSegment[] {
    const end = this.#recapEnd;
    const plan = joined && end !== undefined ? planRecap(joined.source, end, this.#partTargetUs) : undefined;
    if (!joined || !plan || end === undefined) return joined ? [joined, ...later] : [];
    const pieces = plan.pieces.map(({ startUs, durationUs }, piece): ViewedSegment => {
      const parts = [plan.lastKnown];
      return { ...joined, parts, recap: { piece, end }, startUs: startUs - joined.source.startUs, durationUs };
    });
    return [...pieces, ...later].map((viewed, index) => ({ ...viewed, mediaSequence: joined.mediaSequence + index }));
  }
}

function durationOf(parts: readonly HlsPart[]): number {
  return parts.reduce((sum, part) => sum + part.durationUs, 0);
}

/** Whether the playlist already holds what a blocking reload waits for (clause 6.2.5.2). */
export function holdsPart(view: readonly ViewedSegment[], mediaSequence: number, part: number | undefined): boolean {
  const last = view.at(-1);
  if (!last || last.mediaSequence < mediaSequence) return false;
  const asked = view.find((segment) => segment.mediaSequence === mediaSequence);
  if (!asked) return true;
  if (part === undefined) return asked.isComplete;
  if (part < asked.parts.length) return true;
  // A part number after the last part of a complete segment means the first part of the next segment.
  return asked.isComplete && view.some((segment) => segment.mediaSequence > mediaSequence && segment.parts.length > 0);
}
