import type { Clock } from './clock.ts';

/** How a wait ends: the first call counts, later ones do nothing. */
export type Settle<T> = {
  resolve(value: T): void;
  reject(reason: unknown): void;
};

export type Wait<T> = {
  readonly clock: Clock;
  /** Undefined means no limit. This is only for waiting for a person; everything else has a deadline. */
  readonly timeoutMs: number | undefined;
  /** Called when the time is up. The wait ends with the value that it returns or with what it throws. */
  readonly late: () => T;
  readonly signal?: AbortSignal | undefined;
  /** Called when the signal aborts; the wait ends with its result in the same way. */
  readonly aborted?: () => T;
  /**
   * Begins what brings the answer, and returns a function that stops it. That function runs once, however the wait ends, even
   * when it ends before `begin` has returned. `begin` is not called when the signal has aborted already.
   */
  readonly begin: (settle: Settle<T>) => (() => void) | undefined;
};

/** A promise for something outside that always ends: with the answer, when the time is up, or when the signal aborts. */
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
