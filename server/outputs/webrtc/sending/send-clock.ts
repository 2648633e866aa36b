import type { CameraTimeline } from './camera-timeline.ts';

/**
 * One viewer's RTP time: the camera's presentation time plus a transit that stays as it was when the viewer came, so that
 * timestamps follow the camera's clock and not the network. Sound and picture share it, each with its own rate and offset.
 */
export class SendClock {
  readonly #timeline: CameraTimeline;
  #transitUs: number;

  constructor(timeline: CameraTimeline) {
    this.#timeline = timeline;
    this.#transitUs = timeline.transitUs;
  }

  /**
   * Makes everything later from here on. Needed when a live picture would stand before what was sent already: the camera
   * had been ahead of itself (many send what they have buffered first) or paused.
   */
  delay(byUs: number): void {
    this.#transitUs += byUs;
  }

  /** For a unit that is sent as it arrives. */
  ofUnit(ptsUs: number, rate: number, offset: number): number {
    return rtpTime(ptsUs + this.#transitUs, rate, offset);
  }

  /** The same clock's reading now: for sender reports, and for old pictures that are sent again as if they were new. */
  ofNow(nowUs: number, rate: number, offset: number): number {
    return rtpTime(nowUs - this.#timeline.transitUs + this.#transitUs, rate, offset);
  }
}

function rtpTime(timeUs: number, rate: number, offset: number): number {
  return (Math.round((timeUs / 1_000_000) * rate) + offset) >>> 0;
}
