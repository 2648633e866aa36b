/**
 * A reader who joins over RTSP gets the pictures since the last key frame with their times compressed to this fraction, so
 * that they end at the moment of joining. Players follow these times: with the true ones they would stay behind by up to a
 * whole group of pictures for ever.
 */
const CATCH_UP_SPEED = 32;

/** The time that a reader who joined at `joinUs` is given for a picture. */
export function hastened(ptsUs: number, joinUs: number): number {
  return ptsUs < joinUs ? joinUs - (joinUs - ptsUs) / CATCH_UP_SPEED : ptsUs;
}
