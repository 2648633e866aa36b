import { GatewayError } from '../platform/errors.ts';
import type { Viewer } from './viewer.ts';

/** A player that changes its way holds the old stream until the new one shows a picture. */
const STREAMS_PER_SEAT = 2;

type Sitter = Pick<Viewer, 'right' | 'visit' | 'camera'>;

/** Seats that these viewers take. Two streams of one visit to one camera are one player, and sit on one. */
function countSeats(viewers: readonly Sitter[]): number {
  const streams = new Map<unknown, number>();
  for (const viewer of viewers) {
    const { right, visit, camera } = viewer;
    const seat = visit === undefined ? viewer : [right.kind, right.id, visit, camera].join(' ');
    streams.set(seat, (streams.get(seat) ?? 0) + 1);
  }
  let seats = 0;
  for (const count of streams.values()) seats += Math.ceil(count / STREAMS_PER_SEAT);
  return seats;
}

/** Throws `too-many-viewers` when `newcomer` would need a seat more than there are. */
export function requireSeat(sitting: readonly Sitter[], newcomer: Sitter, maxSeats: number, what = 'viewers'): void {
  if (countSeats([...sitting, newcomer]) <= maxSeats) return;
  throw new GatewayError('too-many-viewers', `${countSeats(sitting)} of ${maxSeats} ${what} are watching.`);
}
