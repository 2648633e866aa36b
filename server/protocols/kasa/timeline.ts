const JUMP_US = 5_000_000;

/**
 * Puts the camera's stamps on the connection's timeline, which begins at zero and is shared by both tracks. When the camera's
 * clock restarts or jumps, times continue where our own clock is. Parts without a stamp get their time of arrival.
 */
export class KasaTimeline {
  #offsetUs: number | undefined;
  #startedUs: number | undefined;
  readonly #lastUs = { video: -1, audio: -1 };

  /** `receivedUs` is our clock. Never decreases within a track. */
  place(kind: 'video' | 'audio', timestampUs: number | undefined, receivedUs: number): number {
    this.#startedUs ??= receivedUs;
    const elapsedUs = receivedUs - this.#startedUs;
    const placedUs = timestampUs === undefined ? elapsedUs : this.#rebase(timestampUs, elapsedUs);
    this.#lastUs[kind] = Math.max(placedUs, this.#lastUs[kind] + 1, 0);
    return this.#lastUs[kind];
  }

  #rebase(timestampUs: number, elapsedUs: number): number {
    this.#offsetUs ??= elapsedUs - timestampUs;
    if (Math.abs(timestampUs + this.#offsetUs - elapsedUs) > JUMP_US) this.#offsetUs = elapsedUs - timestampUs;
    return timestampUs + this.#offsetUs;
  }
}
