import type { HlsPart, HlsSegment } from './segmenter.ts';

/** A segment as one viewer's playlist numbers it: a whole one, or a stretch of the one in which the viewer joined. */
export type ViewedSegment = {
  readonly mediaSequence: number;
  readonly source: HlsSegment;
  readonly firstPart: number;
  readonly parts: readonly HlsPart[];
  readonly isComplete: boolean;
  readonly isWhole: boolean;
  readonly durationUs: number;
  /** Lies behind the point of joining: its parts may be listed. */
  readonly isAfterJoin: boolean;
};

/**
 * The second stretch is short so that it is complete before a player has used up its hold-back; the others are about a
 * second long, so that a player on a slow line always finds something whole to fetch.
 */
const SECOND_STRETCH_PARTS = 2;
const STRETCH_PARTS = 8;

/**
 * How one viewer sees the stream. Who joins ten seconds into a group of pictures must decode all of it, but need not fetch
 * its eighty parts one by one: for this viewer everything so far is one complete segment with one address. The rest of
 * that group follows in short segments, then numbering goes on as for everybody.
 */
export class Viewpoint {
  readonly #joinSegment: number;
  readonly #joinPart: number;
  #closedStretches = 1;

  constructor(current: HlsSegment) {
    this.#joinSegment = current.number;
    this.#joinPart = current.parts.length;
  }

  /** Must hear of every segment that ends while the viewer is there. */
  segmentClosed(segment: HlsSegment): void {
    if (segment.number === this.#joinSegment) this.#closedStretches = this.#boundaries(segment.parts.length).length;
  }

  view(listed: readonly HlsSegment[]): readonly ViewedSegment[] {
    return listed.flatMap((segment) => {
      if (segment.number === this.#joinSegment) return this.#stretches(segment);
      return [viewWhole(segment, this.#number(segment.number), segment.number > this.#joinSegment)];
    });
  }

  #number(segment: number): number {
    return segment > this.#joinSegment ? segment + this.#closedStretches - 1 : segment;
  }

  /** Part numbers at which a stretch begins. A segment that grows ends in a stretch that may have no part yet. */
  #boundaries(partCount: number): number[] {
    const boundaries = [0];
    let next = this.#joinPart === 0 ? SECOND_STRETCH_PARTS : this.#joinPart;
    while (next < partCount) {
      boundaries.push(next);
      next += next === this.#joinPart ? SECOND_STRETCH_PARTS : STRETCH_PARTS;
    }
    return boundaries;
  }

  #stretches(segment: HlsSegment): ViewedSegment[] {
    const isClosed = segment.durationUs !== undefined;
    const partCount = segment.parts.length;
    // While it grows, a full stretch is complete as soon as its last part is: one more boundary may lie at the very end.
    const boundaries = this.#boundaries(isClosed ? partCount : partCount + 1);
    return boundaries.map((firstPart, index): ViewedSegment => {
      const end = boundaries[index + 1];
      const parts = segment.parts.slice(firstPart, end);
      return {
        mediaSequence: segment.number + index,
        source: segment,
        firstPart,
        parts,
        isComplete: end !== undefined || isClosed,
        isWhole: false,
        durationUs: parts.reduce((sum, part) => sum + part.durationUs, 0),
        isAfterJoin: firstPart >= this.#joinPart,
      };
    });
  }
}

function viewWhole(segment: HlsSegment, mediaSequence: number, isAfterJoin: boolean): ViewedSegment {
  const heldUs = segment.parts.reduce((sum, part) => sum + part.durationUs, 0);
  return {
    mediaSequence,
    source: segment,
    firstPart: 0,
    parts: segment.parts,
    isComplete: segment.durationUs !== undefined,
    isWhole: true,
    durationUs: segment.durationUs ?? heldUs,
    isAfterJoin,
  };
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
