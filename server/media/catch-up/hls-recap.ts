import type { HlsPart, HlsSegment } from '../../protocols/hls/segmenter.ts';
import { splitFragment } from '../mp4/fmp4-fragment.ts';
import { videoTicks } from '../mp4/fmp4-sample-entry.ts';
import { VIDEO_TRACK_ID } from '../mp4/mp4-track.ts';
import { planRecap, type RecapPlan, SHORTEST_PIECE_US } from './hls-recap-plan.ts';
import { fragmentsIn, Recap, type RecapPoint } from './recap.ts';

export type RecapRequest = {
  readonly segment: HlsSegment;
  readonly next: HlsSegment | undefined;
  /** The part number before which the recap ends. The count continues into the next segment. */
  readonly end: number;
  readonly piece: number;
  readonly partTargetUs: number;
};

/**
 * One piece of a recap. It holds pictures and no sound; the picture data is shared and only a few headers are new. It is
 * empty and incomplete while some of its pictures are still to come, and undefined when there is no such piece.
 */
export function recapPiece(
  request: RecapRequest,
): { readonly chunks: readonly Uint8Array[]; readonly isComplete: boolean } | undefined {
  const { segment, next, end, piece, partTargetUs } = request;
  const plan = planRecap(segment, end, partTargetUs);
  if (!plan || piece >= plan.pieces.length) return undefined;
  const isLast = piece === plan.pieces.length - 1;
  const goesOn = next && !next.discontinuity;
  const parts = (goesOn ? [...segment.parts, ...next.parts] : segment.parts).slice(0, end);
  const isGrowing = !next || (goesOn && next.durationUs === undefined);
  if (isLast && isGrowing && parts.length < end) return { chunks: [], isComplete: false };
  const points = recapPoints(segment, plan, isLast ? parts.at(-1) : undefined);
  return { chunks: picturesOfPiece(parts, plan, piece, points), isComplete: true };
}

/** The points are the same whenever a piece is asked for: pictures after the last known part affect only the last piece. */
function recapPoints(segment: HlsSegment, { lastKnown, pieces }: RecapPlan, last?: HlsPart): RecapPoint[] {
  const [keyUs = 0, knownUs = 0, lastUs = 0] = pieces.map(({ startUs }) => startUs);
  const point = (us: number, toldUs: number): RecapPoint => ({ ticks: videoTicks(us), toldTicks: videoTicks(toldUs) });
  // When the group breaks off before the promised parts exist, the last piece has no time left.
  const untilUs = last?.lastPictureUs ?? lastUs + SHORTEST_PIECE_US;
  return [
    point(segment.startUs, keyUs),
    { ...point(segment.startUs, knownUs), ticks: videoTicks(segment.startUs) + 1 },
    point(lastKnown.startUs, lastUs),
    point(untilUs, Math.max(untilUs, lastUs + SHORTEST_PIECE_US)),
  ];
}

/**
 * Piece 0 is the key frame and piece 1 the pictures up to the last known part. The last piece is that part, so that it is
 * never empty, and everything that came after it.
 */
function picturesOfPiece(
  parts: readonly HlsPart[],
  { lastKnownAt, pieces }: RecapPlan,
  piece: number,
  points: readonly RecapPoint[],
): Uint8Array[] {
  const isLast = piece === pieces.length - 1;
  const source = isLast ? parts.slice(lastKnownAt) : parts.slice(0, piece === 0 ? 1 : lastKnownAt);
  const fragments = source.flatMap(({ bytes }) => fragmentsIn(bytes));
  const recap = Recap.of(points, { aheadTicks: compositionOf(parts[0]) });
  const told = fragments.map((fragment) => recap?.restamp(fragment) ?? [fragment]).filter(({ length }) => length > 0);
  if (isLast) return told.flat();
  return piece === 0 ? (told[0] ?? []) : told.slice(1).flat();
}

/** By how much the picture with which a part begins is shown later than it is decoded. */
function compositionOf(part: HlsPart | undefined): number {
  const [picture] = part ? fragmentsIn(part.bytes) : [];
  const run = picture && splitFragment(picture).runs.find(({ trackId }) => trackId === VIDEO_TRACK_ID);
  return run?.compositionTicks ?? 0;
}
