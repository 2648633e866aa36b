/** Where an attempt comes from. `device` proves that somebody signed in to this account from this browser before. */
export type AttemptSource = { readonly address: string; readonly device?: string };

const FREE_ATTEMPTS = 5;
/** The limits for an account that many strangers try at once. */
const FREE_ATTEMPTS_UNDER_ATTACK = 1;
const ATTACK_FAILURES = 50;
/** The limits for one address that tries many names. */
const FREE_ATTEMPTS_PER_ADDRESS = 20;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const FORGET_AFTER_MS = 60 * 60_000;
const MAX_BUCKETS = 10_000;

type Bucket = { failures: number; lastMs: number };

/**
 * Slows guessing down without a lock that an attacker could use to keep the owner out: waiting times depend on where attempts
 * come from. A browser that signed in before has its own count that nobody else can use up, and a first attempt from a new
 * address is always checked. Somebody who shares an address with an attacker can use a one-time link of `oriel user link`.
 */
export class LoginThrottle {
  readonly #buckets = new Map<string, Bucket>();

  /** `nowMs` is monotonic. Milliseconds to wait, 0 when the attempt may go on; it is then counted as failed until `succeeded` is called. */
  attempt(name: string, source: AttemptSource, nowMs: number): number {
    const account = `account ${name.toLowerCase()}`;
    if (source.device !== undefined) return this.#take([[`${account} device ${source.device}`, FREE_ATTEMPTS]], nowMs);
    const underAttack = this.#failures(account, nowMs) >= ATTACK_FAILURES;
    const address = network(source.address);
    const wait = this.#take(
      [
        [`${account} from ${address}`, underAttack ? FREE_ATTEMPTS_UNDER_ATTACK : FREE_ATTEMPTS],
        [`from ${address}`, FREE_ATTEMPTS_PER_ADDRESS],
      ],
      nowMs,
    );
    if (wait === 0) this.#count(account, nowMs);
    return wait;
  }

  succeeded(name: string, source: AttemptSource): void {
    const account = `account ${name.toLowerCase()}`;
    if (source.device !== undefined) this.#buckets.delete(`${account} device ${source.device}`);
    else this.#buckets.delete(`${account} from ${network(source.address)}`);
  }

  #take(limits: readonly (readonly [key: string, free: number])[], nowMs: number): number {
    const waits = limits.map(([key, free]) => {
      const beyond = this.#failures(key, nowMs) - free;
      if (beyond < 0) return 0;
      const pauseMs = Math.min(FIRST_WAIT_MS * 2 ** beyond, LONGEST_WAIT_MS);
      return (this.#buckets.get(key)?.lastMs ?? 0) + pauseMs - nowMs;
    });
    const wait = Math.max(0, ...waits);
    if (wait === 0) for (const [key] of limits) this.#count(key, nowMs);
    return wait;
  }

  #failures(key: string, nowMs: number): number {
    const bucket = this.#buckets.get(key);
    return bucket && nowMs - bucket.lastMs < FORGET_AFTER_MS ? bucket.failures : 0;
  }

  #count(key: string, nowMs: number): void {
    const failures = this.#failures(key, nowMs) + 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { failures, lastMs: nowMs });
    if (this.#buckets.size > MAX_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value as string);
  }
}

/** One home has one IPv4 address, but a whole /64 of IPv6. */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  return address.includes(':') ? expandIpv6(address).slice(0, 4).join(':') : address;
}

function expandIpv6(address: string): string[] {
  const [head = '', tail = ''] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
}
