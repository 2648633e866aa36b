/** The timeout before any round trip is known. This is libjingle's default. */
const INITIAL_TIMEOUT_MS = 3000;
const MIN_TIMEOUT_MS = 250;
const MAX_TIMEOUT_MS = 60_000;

/** When to send again: smoothed round trip and its variation (RFC 6298), with PseudoTcp's limits. */
export class RoundTrip {
  #smoothedMs: number | undefined;
  #variationMs = 0;
  #timeoutMs: number;

  constructor(initialTimeoutMs = INITIAL_TIMEOUT_MS) {
    this.#timeoutMs = initialTimeoutMs;
  }

  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  sample(elapsedMs: number): void {
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = elapsedMs;
      this.#variationMs = elapsedMs / 2;
    } else {
      this.#variationMs = 0.75 * this.#variationMs + 0.25 * Math.abs(elapsedMs - this.#smoothedMs);
      this.#smoothedMs = 0.875 * this.#smoothedMs + 0.125 * elapsedMs;
    }
    this.#timeoutMs = clamp(this.#smoothedMs + Math.max(1, 4 * this.#variationMs));
  }

  /** Nothing came back, so the next timeout is twice as long. */
  backOff(): void {
    this.#timeoutMs = Math.min(this.#timeoutMs * 2, MAX_TIMEOUT_MS);
  }
}

function clamp(timeoutMs: number): number {
  return Math.min(Math.max(timeoutMs, MIN_TIMEOUT_MS), MAX_TIMEOUT_MS);
}
