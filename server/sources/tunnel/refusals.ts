const FREE_REFUSALS = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const FORGET_AFTER_MS = 60 * 60_000;
const MAX_REMEMBERED = 10_000;

type Count = { refusals: number; lastMs: number };

/**
 * Slows down whoever is refused again and again, by where it comes from and whom it claims to be: a device with an old token does
 * not keep out the one beside it.
 */
export class Refusals {
  readonly #counts = new Map<string, Count>();

  /** Milliseconds until this one is heard again; 0 when it is heard now. */
  waitMs(address: string, name: string, nowMs: number): number {
    const count = this.#counts.get(`${address} ${name}`);
    if (!count || nowMs - count.lastMs >= FORGET_AFTER_MS || count.refusals < FREE_REFUSALS) return 0;
    const pauseMs = Math.min(FIRST_WAIT_MS * 2 ** (count.refusals - FREE_REFUSALS), LONGEST_WAIT_MS);
    return Math.max(0, count.lastMs + pauseMs - nowMs);
  }

  refused(address: string, name: string, nowMs: number): void {
    const key = `${address} ${name}`;
    const before = this.#counts.get(key);
    const refusals = before && nowMs - before.lastMs < FORGET_AFTER_MS ? before.refusals + 1 : 1;
    this.#counts.delete(key);
    this.#counts.set(key, { refusals, lastMs: nowMs });
    if (this.#counts.size > MAX_REMEMBERED) this.#counts.delete(this.#counts.keys().next().value as string);
  }

  accepted(address: string, name: string): void {
    this.#counts.delete(`${address} ${name}`);
  }
}
