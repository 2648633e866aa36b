import type { HlsPart, HlsSegment } from '../../protocols/hls/segmenter.ts';

/**
 * The number of pieces in a recap: the key frame, the pictures that were there when the viewer joined, and those that come
 * while these are decoded. Together the pieces are shorter than the three parts that players stay behind the live edge, so
 * that players begin with the key frame.
 */
const PIECES = 3;
/**
 * The length of a piece as a fraction of the part target. If it were shorter, a fast browser would have played it before the
 * next one exists. If it were longer, a slow browser, which is late already, would have more left to play when it has
 * decoded everything.
 */
const PIECE = 0.8;
/**
 * How many parts of a recap do not exist yet when a viewer joins. They may belong to the next group of pictures. The request
 * for the last piece is answered when they are there.
 */
export const RECAP_LEAD_PARTS = 3;
/** How much too early or too late a picture may come, as a fraction of the time between two frames. */
const UNEVEN = 0.45;
/** The shortest time that the pictures of the last piece are spread over. */
export const SHORTEST_PIECE_US = 5000;
/** A group of pictures that is no longer than this many part targets needs no recap. */
const LEAST_GROUP = 3;

export type RecapPlan = {
  /** The last part that is there when the recap is promised, and its number. */
  readonly lastKnown: HlsPart;
  readonly lastKnownAt: number;
  /** The times of the pieces on the stream's timeline; each begins where the one before it ends. */
  readonly pieces: readonly { readonly startUs: number; readonly durationUs: number }[];
};

/** The part number at which a recap ends for a viewer who joins now. Undefined while the group is too short to need one. */
export function recapEndOf({ parts }: HlsSegment, partTargetUs: number): number | undefined {
  const heldUs = parts.reduce((sum, { durationUs }) => sum + durationUs, 0);
  return heldUs > LEAST_GROUP * partTargetUs ? parts.length + RECAP_LEAD_PARTS : undefined;
}

/** Plans the recap that ends before part number `end`. Undefined when no recap can end there. */
export function planRecap({ parts }: HlsSegment, end: number, partTargetUs: number): RecapPlan | undefined {
  const lastKnownAt = end - RECAP_LEAD_PARTS - 1;
  const lastKnown = parts[lastKnownAt];
  if (!lastKnown) return undefined;
  const durationUs = PIECE * partTargetUs;
  const knownUntilUs = lastKnown.startUs + lastKnown.durationUs;
  const frameUs = knownUntilUs - lastKnown.lastPictureUs;
  const recent = parts.slice(Math.max(lastKnownAt - RECAP_LEAD_PARTS, 0), lastKnownAt + 1);
  const shortestUs = Math.min(...recent.map((part) => part.durationUs));
  // The last picture of the parts to come keeps its own time. A part at the end of a group may hold only one picture.
  const lastPictureUs = knownUntilUs + (RECAP_LEAD_PARTS - 1) * shortestUs - UNEVEN * frameUs;
  const lastStartUs = lastPictureUs - SHORTEST_PIECE_US;
  const pieces = Array.from({ length: PIECES }, (_, piece) => {
    return { startUs: lastStartUs - (PIECES - 1 - piece) * durationUs, durationUs };
  });
  return { lastKnown, lastKnownAt, pieces };
}
