import { planRecap, recapEndOf } from '../../media/catch-up/hls-recap-plan.ts';
import type { HlsPart, HlsSegment, Segmenter } from './segmenter.ts';

/** A segment as one viewer's playlist numbers it: a whole one, or a stretch of the one in which the viewer joined. */
export type ViewedSegment = {
  readonly mediaSequence: number;
  readonly source: HlsSegment;
  readonly firstPart: number;
  readonly parts: readonly HlsPart[];
  readonly isComplete: boolean;
  readonly isWhole: boolean;
  /** The group joined up to part number `end`, which may lie in the next one, told in a moment. */
  readonly recap: { readonly piece: number; readonly end: number } | undefined;
  /** From where its source begins. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly mayListParts: boolean;
  /** Of the group joined, or of the next one that began close behind the point of joining. */
  readonly isCloseToJoin: boolean;
};

export type StreamTiming = Pick<Segmenter, 'longestS' | 'partTargetUs'>;

/**
 * Behind the point of joining each part is a stretch of its own for about two seconds: until what it plays has come near the
 * parts that are listed hls.js fetches whole segments, and would stand still for a long one. The others are about a second
 * long, so that a player on a slow line always finds something whole to fetch.
 */
const SHORT_STRETCHES = 16;
const STRETCH_PARTS = 8;
/** A camera whose key-frame interval is not known yet has a usual one. */
const ASSUMED_TARGET_S = 4;
const MIN_TARGET_S = 2;
/** A segment may be so much longer than the target duration: what counts is its rounded length, as it is printed. */
const ROUNDED_DOWN_US = 499_990;

/**
 * How one viewer sees the stream. Who joins ten seconds into a group of pictures must decode all of it, but need not fetch
 * its eighty parts one by one: for this viewer everything so far is one complete segment with one address, or where it is
 * wanted a recap. The rest of that group follows in short segments, then numbering goes on as for everybody. A target duration
 * may not change (clause 4.4.3.1): should key frames become rarer than this viewer was told, longer groups appear in pieces too.
 */
export class Viewpoint {
  readonly targetDurationS: number;
  readonly #joinSegment: number;
  readonly #joinPart: number;
  readonly #withRecap: boolean;
  /** Undefined also where the group joined is too young to need a recap. */
  readonly #recapEnd: number | undefined;
  readonly #partTargetUs: number;
  readonly #stretchParts: number;
  /** Short stretches for which the segment joined had no room, and parts of the next one that the recap took. */
  #shortLeft = SHORT_STRETCHES;
  #takenOfNext = 0;
  /** Media sequence numbers of the segment joined and of those behind it. */
  readonly #numbers = new Map<number, number>();

  /** `withRecap` is for players that begin with parts: they are told of nothing before the group joined. */
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

  /** The next part of the segment that grows, as far as this viewer is to know. */
  nextPart(growing: HlsSegment): number {
    const recapEnd = growing.number === this.#joinSegment ? this.#joinPart : this.#takenOf(growing);
    return Math.max(growing.parts.length, recapEnd);
  }

  /** Must hear of every segment that ends while the viewer is there. */
  segmentClosed(segment: HlsSegment): void {
    if (segment.number === this.#joinSegment) {
      this.#shortLeft -= Math.max(segment.parts.length - this.#joinPart, 0);
      this.#takenOfNext = Math.max(this.#joinPart - segment.parts.length, 0);
    }
    const number = this.#numbers.get(segment.number);
    if (number !== undefined) this.#numbers.set(segment.number + 1, number + this.#stretches(segment).length);
  }

  /** A recap ends where a discontinuity begins. */
  #takenOf({ number, discontinuity }: HlsSegment): number {
    return number === this.#joinSegment + 1 && !discontinuity ? this.#takenOfNext : 0;
  }

  view(listed: readonly HlsSegment[]): readonly ViewedSegment[] {
    const oldest = listed[0]?.number ?? 0;
    for (const number of this.#numbers.keys()) if (number < oldest) this.#numbers.delete(number);
    const seen = this.#withRecap ? listed.filter(({ number }) => number >= this.#joinSegment) : listed;
    return seen.flatMap((segment) => this.#stretches(segment));
  }

  /** Part numbers at which a stretch begins. A segment that grows ends in a stretch that may have no part yet. */
  #boundaries(segment: HlsSegment): number[] {
    if (segment.number < this.#joinSegment) return [0];
    return segment.number === this.#joinSegment ? this.#joinBoundaries(segment) : this.#lengthBoundaries(segment);
  }

  #joinBoundaries({ parts, durationUs }: HlsSegment): number[] {
    // While it grows, a full stretch is complete as soon as its last part is: one more boundary may lie at the very end.
    const end = durationUs === undefined ? Math.max(parts.length, this.#joinPart) + 1 : parts.length;
    const boundaries = [0];
    let next = Math.max(this.#joinPart, 1);
    while (next < end) {
      boundaries.push(next);
      next += next < this.#joinPart + SHORT_STRETCHES ? 1 : this.#stretchParts;
    }
    return boundaries;
  }

  /** One, unless the segment is longer than this viewer was told, or follows too soon upon the joining. */
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
    // It ended before the recap that goes on in it had all it wanted.
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
        // Where pictures are missing the parts are shorter together than their segment.
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

  /** Segments of one part each, in place of what was there when the viewer joined. */
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
  // Beyond the last part of a complete segment: the first part of the next one is meant.
  return asked.isComplete && view.some((segment) => segment.mediaSequence > mediaSequence && segment.parts.length > 0);
}
