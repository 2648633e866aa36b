/** Measured in Chromium: 80 Mbit/s loses nothing over a LAN, 160 does. */
const LAN_BITS_PER_SECOND = 80_000_000;
/** The rate on other networks: a few times the stream's own rate, which the link must carry anyway. */
const TIMES_STREAM_RATE = 4;
const LEAST_BITS_PER_SECOND = 8_000_000;
/** Waits are at least this long because timers are not more precise. */
const LEAST_WAIT_MS = 2;

/** The bytes of the pictures since the last key frame, as they would be sent. */
export type ReplayGroup = {
  readonly group: readonly { readonly bytes: number; readonly receivedUs: number }[];
  /** The time between the last two key frames. */
  readonly keyframeIntervalUs: number | undefined;
};

/** All losses within this time count as one sign of congestion. */
const ONE_SIGN_MS = 1000;
/** Timers fire late on a busy machine. What should have been sent in the meantime may be sent at once, up to this amount. */
const CATCH_UP_MS = 5;

/**
 * How fast cached groups of pictures are sent over one connection. The limit covers all of them together because they share
 * the network path and the browser's one socket: 36 tiles that each sent at the full rate lost thousands of packets.
 */
export class ReplayPace {
  readonly #isLan: boolean;
  /** What is being replayed, and the bits per second of its stream. */
  readonly #replays = new Map<object, number>();
  #slowdown = 1;
  #lostAtMs = Number.NEGATIVE_INFINITY;
  #freeAtMs = 0;

  constructor(isLan: boolean) {
    this.#isLan = isLan;
  }

  /** A replay begins, and counts until it `ends`. Returns false when the next key frame is expected before the replay could be sent completely. */
  begins(replay: object, { group, keyframeIntervalUs }: ReplayGroup, nowUs: number): boolean {
    const [first] = group;
    if (!first) return false;
    let bytes = 0;
    for (const unit of group) bytes += unit.bytes;
    const spanUs = Math.max(nowUs - first.receivedUs, 1);
    this.#replays.set(replay, (bytes * 8_000_000) / spanUs);
    if (keyframeIntervalUs === undefined || group.length === 1) return true;
    const shareOfRate = this.#bitsPerSecond / this.#replays.size;
    return (bytes * 8_000_000) / shareOfRate < keyframeIntervalUs - spanUs;
  }

  ends(replay: object): void {
    this.#replays.delete(replay);
  }

  /** How long to wait before these bytes are sent; 0 to send them now. The bytes are counted as sent. */
  waitMs(bytes: number, nowMs: number): number {
    const dueMs = Math.max(this.#freeAtMs, nowMs - CATCH_UP_MS);
    this.#freeAtMs = dueMs + (bytes * 8000) / this.#bitsPerSecond;
    return dueMs - nowMs >= LEAST_WAIT_MS ? dueMs - nowMs : 0;
  }

  /** Packets of a replay were lost, so replays are sent at half the rate from now on. */
  lost(nowMs: number): void {
    if (nowMs - this.#lostAtMs < ONE_SIGN_MS) return;
    this.#lostAtMs = nowMs;
    this.#slowdown *= 2;
  }

  /** The rate is never so low that the replay could not reach the live edge. */
  get #bitsPerSecond(): number {
    let streams = 0;
    for (const bitsPerSecond of this.#replays.values()) streams += bitsPerSecond;
    const wanted = this.#isLan ? LAN_BITS_PER_SECOND : Math.min(streams * TIMES_STREAM_RATE, LAN_BITS_PER_SECOND);
    return Math.max(wanted / this.#slowdown, streams * 2, LEAST_BITS_PER_SECOND);
  }
}
