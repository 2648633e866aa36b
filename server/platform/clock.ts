import { guard } from './stray-errors.ts';

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
    const timer = setTimeout(guard(callback), ms);
    return () => clearTimeout(timer);
  },
};

/** Calls back again and again, whatever becomes of single calls. The returned function cancels. */
export function every(clock: Clock, ms: number, callback: () => void): () => void {
  let cancel: () => void;
  const turn = (): void => {
    cancel = clock.after(ms, turn);
    callback();
  };
  cancel = clock.after(ms, turn);
  return () => cancel();
}

/** Timers do not see that the clock was set, and stand still while the machine sleeps: whether the time has come is asked this often. */
const LOOK_EVERY_MS = 1000;

/** Calls back once when the wall clock shows this epoch time or a later one; never when there is none. The returned function cancels. */
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
