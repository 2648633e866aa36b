/** Time as everything long-lived sees it, so that tests can hold it in their hand. */
export type Clock = {
  /** Monotonic microseconds: ages and intervals. */
  nowUs(): number;
  /** Epoch milliseconds: what people see. */
  wallMs(): number;
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
};

export const systemClock: Clock = {
  nowUs: () => Math.round(performance.now() * 1000),
  wallMs: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** setTimeout fires at once when the delay does not fit in 31 bits. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Calls back once at an epoch time, however far away; never when there is none. The returned function cancels. */
export function callAt(clock: Clock, timeMs: number | undefined, callback: () => void): () => void {
  if (timeMs === undefined) return () => {};
  let cancel = (): void => {};
  const wait = (): void => {
    const leftMs = timeMs - clock.wallMs();
    if (leftMs <= LONGEST_DELAY_MS) cancel = clock.after(Math.max(0, leftMs), callback);
    else cancel = clock.after(LONGEST_DELAY_MS, wait);
  };
  wait();
  return () => cancel();
}
