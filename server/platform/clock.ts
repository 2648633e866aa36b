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
