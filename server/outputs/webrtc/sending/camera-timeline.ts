const WINDOW_US = 5_000_000;

/**
 * How far our clock is ahead of the camera's timeline. This is the smallest recent difference, which a picture without delay has.
 * Camera clocks drift by seconds a day, so it is measured all the time, over two alternating windows.
 */
export class CameraTimeline {
  #current = Number.POSITIVE_INFINITY;
  #previous = Number.POSITIVE_INFINITY;
  #windowEndUs = Number.NEGATIVE_INFINITY;

  observe(ptsUs: number, receivedUs: number): void {
    if (receivedUs >= this.#windowEndUs) {
      this.#previous = this.#current;
      this.#current = Number.POSITIVE_INFINITY;
      this.#windowEndUs = receivedUs + WINDOW_US;
    }
    this.#current = Math.min(this.#current, receivedUs - ptsUs);
  }

  /** Added to a presentation time, it gives our clock's time; subtracted from our clock's, the camera's. 0 before any picture. */
  get transitUs(): number {
    const transitUs = Math.min(this.#current, this.#previous);
    return Number.isFinite(transitUs) ? transitUs : 0;
  }
}
