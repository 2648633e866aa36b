import type { CameraTimeline } from './camera-timeline.ts';

/**
 * One viewer's RTP time: the camera's presentation time plus a transit time that is fixed when the viewer comes, so that
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
   * Makes all times later from now on. This is needed when a live picture would get a time before pictures that were sent already,
   * because the camera sent buffered pictures first, as many do, or paused.
   */
  delay(byUs: number): void {
    this.#transitUs += byUs;
  }

  /** The RTP time of a unit that is sent when it arrives. */
  ofUnit(ptsUs: number, rate: number, offset: number): number {
    return rtpTime(ptsUs + this.#transitUs, rate, offset);
  }

  /** The present RTP time, for sender reports and for old pictures that are sent as if they were new. */
  ofNow(nowUs: number, rate: number, offset: number): number {
    return rtpTime(nowUs - this.#timeline.transitUs + this.#transitUs, rate, offset);
  }
}

function rtpTime(timeUs: number, rate: number, offset: number): number {
  return (Math.round((timeUs / 1_000_000) * rate) + offset) >>> 0;
}
