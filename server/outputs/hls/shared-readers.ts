import type { Watch } from '../../hub/hub.ts';
import type { Clock } from '../../platform/clock.ts';

/** One reader asks for each part once and waits for it. A reader that does not wait asks about once a second. */
const PLAIN_RELOADS_PER_SECOND = 3;

type Directives = { readonly mediaSequence?: number; readonly part?: number };

/**
 * Estimates how many readers use the address of one session, from what a single reader never does: ask twice at the same time
 * for the same part, or ask again and again without waiting. Every further reader takes a seat and frees it when it is gone.
 */
export class SharedReaders {
  readonly #watchAnother: () => Watch;
  readonly #clock: Clock;
  readonly #goneAfterMs: number;
  readonly #waiting = new Map<string, number>();
  #plainUs: number[] = [];
  #others: { readonly watch: Watch; cancelGone(): void }[] = [];

  constructor(watchAnother: () => Watch, clock: Clock, goneAfterMs: number) {
    this.#watchAnother = watchAnother;
    this.#clock = clock;
    this.#goneAfterMs = goneAfterMs;
  }

  /** Rejects with the error that `watchAnother` throws. */
  async serve<Result>({ mediaSequence, part }: Directives, work: () => Promise<Result>): Promise<Result> {
    if (mediaSequence === undefined) {
      this.#seat(this.#plainReaders());
      return work();
    }
    const key = `${mediaSequence}.${part}`;
    const asking = (this.#waiting.get(key) ?? 0) + 1;
    this.#seat(asking);
    this.#waiting.set(key, asking);
    try {
      return await work();
    } finally {
      const left = (this.#waiting.get(key) ?? 1) - 1;
      if (left > 0) this.#waiting.set(key, left);
      else this.#waiting.delete(key);
    }
  }

  close(): void {
    for (const { watch, cancelGone } of this.#others.splice(0)) {
      cancelGone();
      watch.close();
    }
  }

  #plainReaders(): number {
    const nowUs = this.#clock.nowUs();
    this.#plainUs = [...this.#plainUs.filter((atUs) => nowUs - atUs < 1_000_000), nowUs];
    return Math.ceil(this.#plainUs.length / PLAIN_RELOADS_PER_SECOND);
  }

  #seat(readers: number): void {
    for (let index = 0; index < readers - 1; index++) {
      const watch = this.#others[index]?.watch ?? this.#watchAnother();
      this.#others[index]?.cancelGone();
      const cancelGone = this.#clock.after(this.#goneAfterMs, () => {
        this.#others = this.#others.filter((other) => other.watch !== watch);
        watch.close();
      });
      this.#others[index] = { watch, cancelGone };
    }
  }
}
