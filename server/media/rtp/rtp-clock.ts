/** A step of this size is not jitter. It is another timeline, or a single frame with an absurd stamp (Intelbras). */
const MAX_STEP_US = 5_000_000;
/** This many stamps in a row that agree with each other make a new timeline (a camera that restarted its encoder). */
const AGREEING_STAMPS = 3;
const RATE_WINDOW_US = 10_000_000;
const MAX_RATE_ERROR = 0.1;
/** A burst (a cached group of pictures at the start, or a stall) spoils one window, but never two that agree. */
const BAD_WINDOWS = 2;
/** How fast the arrival clock follows: with each unit it moves by this fraction of the distance. */
const ARRIVAL_SMOOTHING = 16;

/**
 * Turns the 32-bit RTP time of one track into microseconds since the connection began. It starts at the arrival of the first
 * unit, so that tracks are aligned with each other without any sender report.
 */
export class RtpClock {
  readonly #usPerTick: number;
  readonly #startedUs: number;
  #lastStamp: number | undefined;
  #lastUs = 0;
  #lastReceivedUs = 0;
  #newestUs = 0;
  #strangeStamp: number | undefined;
  #strangeCount = 0;
  #window = { stampUs: 0, arrivalUs: 0 };
  #badWindows = 0;
  #lastRate = 1;
  #byArrival = false;

  /** `startedUs` is when the connection began on the clock that `receivedUs` comes from. */
  constructor(clockRateHz: number, startedUs: number) {
    this.#usPerTick = 1_000_000 / clockRateHz;
    this.#startedUs = startedUs;
  }

  /** The camera's stamps are useless (all equal, wrong rate): times come from arrival instead. */
  get usesArrival(): boolean {
    return this.#byArrival;
  }

  /** The time that this RTP time means, without moving the clock. Undefined before the first unit. */
  positionOf(timestamp: number): number | undefined {
    if (this.#lastStamp === undefined || this.#byArrival) return undefined;
    return this.#lastUs + ((timestamp - this.#lastStamp) | 0) * this.#usPerTick;
  }

  /** With `mayStepBack` (B-frames) times may be smaller than the one before; without, they never decrease. */
  toUs(timestamp: number, receivedUs: number, mayStepBack: boolean): number {
    const positionUs = Math.round(this.#advance(timestamp, receivedUs));
    this.#newestUs = Math.max(this.#newestUs, positionUs);
    return mayStepBack ? positionUs : this.#newestUs;
  }

  #advance(timestamp: number, receivedUs: number): number {
    const arrivalStepUs = receivedUs - this.#lastReceivedUs;
    this.#lastReceivedUs = receivedUs;
    if (this.#lastStamp === undefined) {
      this.#lastStamp = timestamp;
      this.#lastUs = Math.max(0, receivedUs - this.#startedUs);
      return this.#lastUs;
    }
    const stepUs = ((timestamp - this.#lastStamp) | 0) * this.#usPerTick;
    if (isStrange(stepUs, arrivalStepUs)) return this.#bridge(timestamp, arrivalStepUs);
    this.#strangeCount = 0;
    this.#lastStamp = timestamp;
    this.#compareRates(stepUs, arrivalStepUs);
    this.#lastUs += this.#byArrival ? this.#smoothed(receivedUs, arrivalStepUs) : stepUs;
    return this.#lastUs;
  }

  /** A stamp far from the expected one is replaced by the arrival time. Several such stamps that agree move the timeline. */
  #bridge(timestamp: number, arrivalStepUs: number): number {
    const agrees =
      this.#strangeStamp !== undefined &&
      Math.abs((timestamp - this.#strangeStamp) | 0) * this.#usPerTick < MAX_STEP_US;
    this.#strangeCount = agrees ? this.#strangeCount + 1 : 1;
    this.#strangeStamp = timestamp;
    const stepUs = Math.max(0, arrivalStepUs);
    this.#lastUs += stepUs;
    if (this.#strangeCount >= AGREEING_STAMPS) {
      this.#lastStamp = timestamp;
      this.#strangeCount = 0;
      this.#strangeStamp = undefined;
    } else {
      const ticks = Math.round(stepUs / this.#usPerTick);
      this.#lastStamp = ((this.#lastStamp ?? 0) + ticks) >>> 0;
    }
    return this.#lastUs;
  }

  #compareRates(stepUs: number, arrivalStepUs: number): void {
    if (this.#byArrival) return;
    this.#window.stampUs += stepUs;
    this.#window.arrivalUs += arrivalStepUs;
    if (this.#window.arrivalUs < RATE_WINDOW_US) return;
    const rate = this.#window.stampUs / this.#window.arrivalUs;
    this.#window = { stampUs: 0, arrivalUs: 0 };
    const isBad = Math.abs(rate - 1) > MAX_RATE_ERROR;
    const isSame = Math.abs(rate - this.#lastRate) <= MAX_RATE_ERROR * Math.max(rate, this.#lastRate, 1);
    this.#badWindows = isBad ? (isSame ? this.#badWindows + 1 : 1) : 0;
    this.#lastRate = rate;
    this.#byArrival = this.#badWindows >= BAD_WINDOWS;
  }

  #smoothed(receivedUs: number, arrivalStepUs: number): number {
    const behindUs = receivedUs - this.#startedUs - (this.#lastUs + arrivalStepUs);
    return Math.max(0, arrivalStepUs + behindUs / ARRIVAL_SMOOTHING);
  }
}

/** A step is plausible when it is small (also in a burst after a stall) or when as much time has passed as it says. */
function isStrange(stepUs: number, arrivalStepUs: number): boolean {
  return Math.abs(stepUs) > MAX_STEP_US && Math.abs(stepUs - arrivalStepUs) > MAX_STEP_US;
}
