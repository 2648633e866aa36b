import { distance } from './sequence-number.ts';

const DUPLICATES_THAT_MEAN_LOSS = 3;
const MAX_WINDOW_BYTES = 1 << 20;

/** How much may be in flight on this path: slow start, congestion avoidance and NewReno recovery (RFC 5681, RFC 6582). */
export class Congestion {
  readonly #segmentBytes: number;
  #windowBytes: number;
  #thresholdBytes = MAX_WINDOW_BYTES;
  #duplicates = 0;
  /** The sequence number that ends the present recovery: everything before it was sent before the loss was noticed. */
  #recoverUntil: number | undefined;
  #isFastRecovery = false;
  /** How many duplicates the segments after a retransmitted one can cause. One more means that it was lost again. */
  #expectedDuplicates = 0;

  constructor(segmentBytes: number) {
    this.#segmentBytes = segmentBytes;
    this.#windowBytes = 2 * segmentBytes;
  }

  /** The first duplicates each let one more segment out (RFC 3042), so that small windows notice losses too. */
  get windowBytes(): number {
    const extra = this.#recoverUntil === undefined ? Math.min(this.#duplicates, 2) : 0;
    return this.#windowBytes + extra * this.#segmentBytes;
  }

  /** Returns true when the oldest segment in flight was lost as well and has to go out again. */
  acknowledged(bytes: number, acknowledgment: number, inFlightBytes: number): boolean {
    this.#duplicates = 0;
    if (this.#recoverUntil === undefined) {
      this.#grow(bytes);
      return false;
    }
    if (distance(this.#recoverUntil, acknowledgment) >= 0) {
      if (this.#isFastRecovery) this.#windowBytes = this.#thresholdBytes;
      this.#recoverUntil = undefined;
      return false;
    }
    if (this.#isFastRecovery) {
      this.#windowBytes = Math.max(this.#windowBytes - bytes + this.#segmentBytes, this.#segmentBytes);
    } else this.#grow(bytes);
    this.#expectDuplicates(inFlightBytes);
    return true;
  }

  /** An acknowledgment came again. Returns true when that means the oldest segment is lost. */
  duplicate(inFlightBytes: number, nextSequence: number): boolean {
    this.#duplicates++;
    if (this.#recoverUntil !== undefined) {
      if (this.#isFastRecovery) this.#windowBytes = this.#atMost(this.#windowBytes + this.#segmentBytes);
      const isLostAgain = this.#duplicates > this.#expectedDuplicates;
      if (isLostAgain) this.#expectDuplicates(inFlightBytes);
      return isLostAgain;
    }
    if (this.#duplicates < DUPLICATES_THAT_MEAN_LOSS) return false;
    this.#lost(inFlightBytes, nextSequence, true);
    this.#windowBytes = this.#thresholdBytes + DUPLICATES_THAT_MEAN_LOSS * this.#segmentBytes;
    return true;
  }

  timedOut(inFlightBytes: number, nextSequence: number): void {
    this.#lost(inFlightBytes, nextSequence, false);
    this.#windowBytes = this.#segmentBytes;
  }

  #lost(inFlightBytes: number, nextSequence: number, isFastRecovery: boolean): void {
    this.#expectDuplicates(inFlightBytes);
    this.#thresholdBytes = Math.max(inFlightBytes / 2, 2 * this.#segmentBytes);
    this.#recoverUntil = nextSequence;
    this.#isFastRecovery = isFastRecovery;
  }

  #expectDuplicates(inFlightBytes: number): void {
    this.#duplicates = 0;
    this.#expectedDuplicates = Math.ceil(inFlightBytes / this.#segmentBytes) + DUPLICATES_THAT_MEAN_LOSS;
  }

  #grow(bytes: number): void {
    const step =
      this.#windowBytes < this.#thresholdBytes
        ? Math.min(bytes, 2 * this.#segmentBytes)
        : (this.#segmentBytes * bytes) / this.#windowBytes; // Counted in bytes, because the peer acknowledges every second segment.
    this.#windowBytes = this.#atMost(this.#windowBytes + step);
  }

  #atMost(bytes: number): number {
    return Math.min(bytes, MAX_WINDOW_BYTES);
  }
}
