/** Counts on the hot path, reports at most once a second, says nothing while idle. */
export class PeriodicCount {
  readonly #report: (count: number) => void;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(report: (count: number) => void) {
    this.#report = report;
  }

  add(count = 1): void {
    this.#count += count;
    this.#timer ??= setTimeout(() => this.#flush(), 1000).unref();
  }

  /** Reports what is left. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#count > 0) this.#flush();
  }

  #flush(): void {
    this.#timer = undefined;
    const count = this.#count;
    this.#count = 0;
    this.#report(count);
  }
}
