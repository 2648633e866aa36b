import { fragmentsIn, Recap, type RecapPoint } from '../../media/fmp4-recap.ts';
import { videoTicks } from '../../media/fmp4-sample-entry.ts';
import { planRecap, RECAP_PIECES, type RecapPlan } from '../../protocols/hls/recap-plan.ts';
import type { HlsSegment } from '../../protocols/hls/segmenter.ts';
import type { ObjectBytes } from './object-bytes.ts';

const LAST_PIECE = RECAP_PIECES - 1;
/** Where the group breaks off before the parts to come are there, the last piece has no time left. */
const SHORTEST_PIECE_US = 10_000;

export type RecapRequest = {
  readonly segment: HlsSegment;
  readonly next: HlsSegment | undefined;
  /** Part number before which the recap ends, counted on into the next segment. */
  readonly end: number;
  readonly piece: number;
  readonly partTargetUs: number;
};

/**
 * One piece of a recap: it shares the pictures, and is a few headers beside them. Nothing yet while some of its pictures are
 * still to come, undefined where there is no such piece.
 */
export function recapPiece(request: RecapRequest): ObjectBytes | undefined {
  const { segment, next, end, piece } = request;
  const plan = planRecap(segment, end, request.partTargetUs);
  if (!plan || piece > LAST_PIECE) return undefined;
  const isLast = piece === LAST_PIECE;
  const parts = next && !next.discontinuity ? [...segment.parts, ...next.parts] : segment.parts;
  if (isLast && parts.length < end && !next?.discontinuity) return { chunks: [], isComplete: false };
  // What was there last goes with what comes, so that the last piece is not empty even when nothing does.
  const known = parts.indexOf(plan.lastKnown);
  const fragments = parts.slice(isLast ? known : 0, isLast ? end : known).flatMap(({ bytes }) => fragmentsIn(bytes));
  const wanted = isLast ? fragments : piece === 0 ? fragments.slice(0, 1) : fragments.slice(1);
  const last = parts[Math.min(end, parts.length) - 1] ?? plan.lastKnown;
  const recap = Recap.of(recapPoints(segment, plan, last.startUs + last.durationUs));
  return { chunks: wanted.flatMap((fragment) => recap?.restamp(fragment) ?? [fragment]), isComplete: true };
}

function recapPoints(segment: HlsSegment, { lastKnown, pieces }: RecapPlan, endUs: number): RecapPoint[] {
  const [keyUs = 0, knownUs = 0, lastUs = 0] = pieces.map(({ startUs }) => startUs);
  const point = (us: number, toldUs: number): RecapPoint => ({ ticks: videoTicks(us), toldTicks: videoTicks(toldUs) });
  return [
    point(segment.startUs, keyUs),
    { ...point(segment.startUs, knownUs), ticks: videoTicks(segment.startUs) + 1 },
    point(lastKnown.startUs, lastUs),
    point(endUs, Math.max(endUs, lastUs + SHORTEST_PIECE_US)),
  ];
}
