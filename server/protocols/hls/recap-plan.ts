import type { HlsPart, HlsSegment } from './segmenter.ts';

/**
 * A recap is told in pieces: the key frame, what was there when the viewer joined, and what comes while that is decoded.
 * These are their lengths as shares of the part target: none is longer than a part, and players, who stay three parts behind
 * the edge, begin with the key frame.
 */
const PIECES = [0.8, 1, 1];
/**
 * So many parts of a recap are still to come when a viewer joins, be it in the next group. They are promised: the last piece
 * is answered when they are there.
 */
export const RECAP_LEAD_PARTS = 3;
/** A part is at least so much of the part target (clause 4.4.4.9). */
const LEAST_PART = 0.85;
/** A group that is not longer than so many times the part target needs no recap. */
const LEAST_GROUP = 3;

export type RecapPlan = {
  /** The last part that is there when the recap is promised, and its number. */
  readonly lastKnown: HlsPart;
  readonly lastKnownAt: number;
  /** When the parts to come will have ended, at the soonest. */
  readonly endUs: number;
  /** On the stream's timeline, one behind the other, the last one up to that end. */
  readonly pieces: readonly { readonly startUs: number; readonly durationUs: number }[];
};

/** Part number at which a recap ends for who joins now; undefined while the group is too young to need one. */
export function recapEndOf({ parts }: HlsSegment, partTargetUs: number): number | undefined {
  const heldUs = parts.reduce((sum, { durationUs }) => sum + durationUs, 0);
  return heldUs > LEAST_GROUP * partTargetUs ? parts.length + RECAP_LEAD_PARTS : undefined;
}

/** Of the recap that ends before part number `end`; undefined where that cannot be. */
export function planRecap({ parts }: HlsSegment, end: number, partTargetUs: number): RecapPlan | undefined {
  const lastKnownAt = end - RECAP_LEAD_PARTS - 1;
  const lastKnown = parts[lastKnownAt];
  if (!lastKnown) return undefined;
  const lengths = PIECES.map((share) => share * partTargetUs);
  const endUs = lastKnown.startUs + lastKnown.durationUs + RECAP_LEAD_PARTS * LEAST_PART * partTargetUs;
  const pieces = lengths.map((durationUs, piece) => {
    const leftUs = lengths.slice(piece).reduce((sum, length) => sum + length, 0);
    return { startUs: endUs - leftUs, durationUs };
  });
  return { lastKnown, lastKnownAt, endUs, pieces };
}
