export type TimeRange = { readonly startS: number; readonly endS: number };

/** The part of TimeRanges that is read here. */
type Ranges = Pick<TimeRanges, 'length' | 'start' | 'end'>;

/** Longer than the pictures that any decoder keeps waiting, at usual rates. */
const ISLAND_S = 0.5;

/**
 * The last range, where a player near the live edge belongs. In Firefox a picture that was sent before those that are shown
 * before it (B-frames) lies behind a hole until they have come: such an island is not yet the edge, and jumping to it would
 * skip what is about to arrive.
 */
export function liveRange(buffered: Ranges): TimeRange | undefined {
  let at = buffered.length - 1;
  if (at < 0) return undefined;
  while (at > 0 && isIsland(buffered, at)) at--;
  return { startS: buffered.start(at), endS: buffered.end(at) };
}

/** How long the last range is, when it is such an island. */
export function islandS(buffered: Ranges): number | undefined {
  const at = buffered.length - 1;
  return at > 0 && isIsland(buffered, at) ? buffered.end(at) - buffered.start(at) : undefined;
}

function isIsland(buffered: Ranges, at: number): boolean {
  const lengthS = buffered.end(at) - buffered.start(at);
  return lengthS < ISLAND_S && buffered.start(at) - buffered.end(at - 1) < ISLAND_S;
}
