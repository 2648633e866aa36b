import { GatewayError } from '../platform/errors.ts';
import { network } from './login-throttle.ts';
import { hashToken } from './token.ts';

/** How many different invalid tokens may come from one address in a while. A page that repeats an old one counts once. */
const MAX_WRONG = 20;
const WINDOW_MS = 10 * 60_000;
const MAX_ADDRESSES = 10_000;
const MAX_OPENED = 10_000;
/** The form of tokens that a gateway made from 256 random bits, which nobody can guess. */
const OURS = /^oriel_[a-z]+_[\w-]{43}$/;

type Wrong = { readonly sinceMs: number; readonly hashes: Set<string> };

/**
 * Slows down everybody who guesses tokens, on every way in, without locking out the holder of a token. Tokens that the gateway
 * made are always checked, and so are tokens that were accepted from the same address before. Only tokens that a person chose
 * have to wait when somebody guesses from their address.
 */
export class TokenGuesses {
  readonly #nowMs: () => number;
  readonly #wrong = new Map<string, Wrong>();
  readonly #opened = new Set<string>();

  /** `nowMs` is monotonic. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Returns or throws what `open` does, or throws `too-many-requests` without calling it. */
  try<Result>(token: string, address: string, open: () => Result): Result {
    const from = network(address);
    const hash = hashToken(token);
    const known = `${from} ${hash}`;
    const wrong = this.#wrongFrom(from);
    const isHeard = this.#opened.has(known) || OURS.test(token) || wrong.has(hash) || wrong.size < MAX_WRONG;
    if (!isHeard) throw tooMany();
    try {
      const result = open();
      remember(this.#opened, known);
      return result;
    } catch (error) {
      this.#opened.delete(known);
      if (wrong.size >= MAX_WRONG && !wrong.has(hash)) throw tooMany();
      this.#count(from, hash);
      throw error;
    }
  }

  #wrongFrom(from: string): ReadonlySet<string> {
    const wrong = this.#wrong.get(from);
    if (!wrong) return new Set();
    if (this.#nowMs() - wrong.sinceMs < WINDOW_MS) return wrong.hashes;
    this.#wrong.delete(from);
    return new Set();
  }

  #count(from: string, hash: string): void {
    const wrong = this.#wrong.get(from) ?? { sinceMs: this.#nowMs(), hashes: new Set() };
    wrong.hashes.add(hash);
    this.#wrong.set(from, wrong);
    if (this.#wrong.size > MAX_ADDRESSES) this.#wrong.delete(this.#wrong.keys().next().value as string);
  }
}

function remember(opened: Set<string>, one: string): void {
  opened.delete(one);
  opened.add(one);
  if (opened.size > MAX_OPENED) opened.delete(opened.keys().next().value as string);
}

function tooMany(): GatewayError {
  return new GatewayError('too-many-requests', 'Too many tokens that open nothing came from here. Wait ten minutes.');
}
