import { guard } from './stray-errors.ts';

/** The time for everything that lives long, so that tests can control it. */
export type Clock = {
  /** Monotonic microseconds, for ages and intervals. */
  nowUs(): number;
  /** Epoch milliseconds, for times that people see. */
  wallMs(): number;
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
};

export const systemClock: Clock = {
  nowUs: () => Math.round(performance.now() * 1000),
  wallMs: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(guard(callback), ms);
    return () => clearTimeout(timer);
  },
};

/** Calls back again and again, even when a call throws. The returned function cancels. */
export function every(clock: Clock, ms: number, callback: () => void): () => void {
  let cancel: () => void;
  const turn = (): void => {
    cancel = clock.after(ms, turn);
    callback();
  };
  cancel = clock.after(ms, turn);
  return () => cancel();
}

/** Timers do not notice a changed clock and stop while the machine sleeps, so the wall clock is checked this often. */
const LOOK_EVERY_MS = 1000;

/** Calls back once when the wall clock reaches this epoch time; never when it is undefined. The returned function cancels. */
export function callAt(clock: Clock, timeMs: number | undefined, callback: () => void): () => void {
  if (timeMs === undefined) return () => {};
  let cancel = (): void => {};
  const wait = (): void => {
    const leftMs = timeMs - clock.wallMs();
    if (leftMs <= 0) cancel = clock.after(0, callback);
    else cancel = clock.after(Math.min(leftMs, LOOK_EVERY_MS), wait);
  };
  wait();
  return () => cancel();
}
