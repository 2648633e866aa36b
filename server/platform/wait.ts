import type { Clock } from './clock.ts';

/** How a wait ends: the first call counts, later ones do nothing. */
export type Settle<T> = {
  resolve(value: T): void;
  reject(reason: unknown): void;
};

export type Wait<T> = {
  readonly clock: Clock;
  /** Undefined: as long as it takes. For a person only; everything else has a deadline. */
  readonly timeoutMs: number | undefined;
  /** What the wait ends with when the time is up: the value that it returns, or what it throws. */
  readonly late: () => T;
  readonly signal?: AbortSignal | undefined;
  /** What it ends with when the signal aborts. */
  readonly aborted?: () => T;
  /**
   * Begins what brings the answer, and returns what stops it again: that runs once, however the wait ends, also when it ends
   * before `begin` has returned. Not called when the signal has aborted already.
   */
  readonly begin: (settle: Settle<T>) => (() => void) | undefined;
};

/** A promise for something outside that ends in any case: with the answer, when the time is up, or when the signal aborts. */
export function settleWithin<T>({ clock, timeoutMs, late, signal, aborted, begin }: Wait<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let stop: (() => void) | undefined;
    let cancelTimer = (): void => {};
    const end = (settle: () => void): void => {
      if (isOver) return;
      isOver = true;
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
      stop?.();
      settle();
    };
    const endWith = (outcome: () => T): void =>
      end(() => {
        try {
          resolve(outcome());
        } catch (error) {
          reject(error);
        }
      });
    const onAbort = (): void => endWith(aborted ?? late);
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    if (timeoutMs !== undefined) cancelTimer = clock.after(timeoutMs, () => endWith(late));
    try {
      stop = begin({
        resolve: (value) => end(() => resolve(value)),
        reject: (reason) => end(() => reject(reason)),
      });
    } catch (error) {
      end(() => reject(error));
    }
    if (isOver) stop?.();
  });
}

/** Resolves when the time is over or the signal aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return settleWithin({ clock, timeoutMs: ms, late: () => undefined, signal, begin: () => undefined });
}
