import type { HlsPart, HlsSegment } from '../../protocols/hls/segmenter.ts';

/**
 * A recap is told in so many pieces: the key frame, what was there when the viewer joined, and what comes while that is
 * decoded. Together they are shorter than the three parts that players stay behind the edge, so that they begin with the key
 * frame.
 */
const PIECES = 3;
/**
 * How long a piece is, of the part target. Shorter, and a fast browser is through with it before the next one is there;
 * longer, and a slow one, which is late already, has more left to play when it has decoded all.
 */
const PIECE = 0.8;
/**
 * So many parts of a recap are still to come when a viewer joins, be it in the next group. They are promised: the last piece
 * is answered when they are there.
 */
export const RECAP_LEAD_PARTS = 3;
/** Of a frame's time: so much too early or too late pictures may come. */
const UNEVEN = 0.45;
/** The last piece takes at least this. */
export const SHORTEST_PIECE_US = 5000;
/** A group that is not longer than so many times the part target needs no recap. */
const LEAST_GROUP = 3;

export type RecapPlan = {
  /** The last part that is there when the recap is promised, and its number. */
  readonly lastKnown: HlsPart;
  readonly lastKnownAt: number;
  /** On the stream's timeline, one behind the other. */
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
  const durationUs = PIECE * partTargetUs;
  const knownUntilUs = lastKnown.startUs + lastKnown.durationUs;
  const frameUs = knownUntilUs - lastKnown.lastPictureUs;
  const recent = parts.slice(Math.max(lastKnownAt - RECAP_LEAD_PARTS, 0), lastKnownAt + 1);
  const shortestUs = Math.min(...recent.map((part) => part.durationUs));
  // The last picture to come keeps its time. One of the parts may be but a picture long, where a group ends.
  const lastPictureUs = knownUntilUs + (RECAP_LEAD_PARTS - 1) * shortestUs - UNEVEN * frameUs;
  const lastStartUs = lastPictureUs - SHORTEST_PIECE_US;
  const pieces = Array.from({ length: PIECES }, (_, piece) => {
    return { startUs: lastStartUs - (PIECES - 1 - piece) * durationUs, durationUs };
  });
  return { lastKnown, lastKnownAt, pieces };
}
