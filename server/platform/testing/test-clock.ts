import type { Clock } from '../clock.ts';

/** A clock that moves only when a test says so. */
export class TestClock implements Clock {
  #nowMs = 1000;
  #wallOffsetMs = 1_700_000_000_000;
  #pending: { dueMs: number; callback: () => void }[] = [];

  nowUs(): number {
    return this.#nowMs * 1000;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  /** Changes the wall clock, as when somebody sets it or the machine slept. Timers do not notice. */
  setWall(timeMs: number): void {
    this.#wallOffsetMs = timeMs - this.#nowMs;
  }

  after(ms: number, callback: () => void): () => void {
    const entry = { dueMs: this.#nowMs + ms, callback };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== entry);
    };
  }

  /** The number of callbacks that still wait. It must be zero when everything is closed. */
  get waiting(): number {
    return this.#pending.length;
  }

  /** Advances the time, runs the callbacks that become due in their order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    await settle();
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#pending.filter((entry) => entry.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (!next) break;
      this.#pending = this.#pending.filter((entry) => entry !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      await settle();
    }
    this.#nowMs = endMs;
    await settle();
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
