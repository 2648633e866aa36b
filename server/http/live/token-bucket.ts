/** Allows a number of events at once and then a number per second. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #lastUs: number;

  constructor(burst: number, perSecond: number, nowUs: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
    this.#lastUs = nowUs;
  }

  take(nowUs: number): boolean {
    const earned = ((nowUs - this.#lastUs) / 1e6) * this.#perSecond;
    this.#left = Math.min(this.#burst, this.#left + earned);
    this.#lastUs = nowUs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
