/**
 * A reader over RTSP who joins gets the pictures since the last key frame with their times pressed together to this part, ending
 * at the moment of joining. Players show what their times say: with the true ones they would stay a whole group of pictures
 * behind for good.
 */
const CATCH_UP_SPEED = 32;

/** The time that is told of a moment, to a reader who joined at `joinUs`. */
export function hastened(ptsUs: number, joinUs: number): number {
  return ptsUs < joinUs ? joinUs - (joinUs - ptsUs) / CATCH_UP_SPEED : ptsUs;
}
