import { Right, type RightDescription, type RightName } from '../hub/right.ts';
import type { Clock } from '../platform/clock.ts';
import type { GatewayError } from '../platform/errors.ts';

/** How to make a right that nobody holds yet. */
export type RightOrigin = Omit<RightDescription, 'kind' | 'id'> & {
  /** Checks the store again: returns why the right has ended or has changed since it was made. It must not hold the right itself. */
  check?(): GatewayError | undefined;
};

type Entry = { readonly right: WeakRef<Right>; readonly check: RightOrigin['check'] };

/** The limit of rights whose end could not be stored. The oldest are forgotten first. */
const MAX_REFUSED = 10_000;

/**
 * The rights that are in use now. There is one object for each, as long as anybody holds it. Nothing here outlives the process,
 * and what a right allows is read from the store at every use.
 */
export class Rights {
  readonly #clock: Clock;
  readonly #report: ((error: unknown) => void) | undefined;
  readonly #known = new Map<string, Entry>();
  readonly #refused = new Map<string, GatewayError>();
  readonly #forgotten = new FinalizationRegistry<string>((key) => {
    if (this.#known.get(key)?.right.deref() === undefined) this.#known.delete(key);
  });

  /** `report` is called for errors while a right ends. */
  constructor(clock: Clock, report?: (error: unknown) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  /** The one object of this right. Throws the reason when the right was revoked. */
  of(name: RightName, origin: () => RightOrigin): Right {
    const key = keyOf(name);
    const refused = this.#refused.get(key);
    if (refused) throw refused;
    const known = this.#known.get(key)?.right.deref();
    if (known && !known.ended) return known;
    const { check, ...description } = origin();
    const right = new Right({ ...name, ...description }, this.#clock, this.#report);
    this.#known.set(key, { right: new WeakRef(right), check });
    this.#forgotten.register(right, key);
    return right;
  }

  /** The object of this right if anybody holds it and it is alive. */
  find(name: RightName): Right | undefined {
    const right = this.#known.get(keyOf(name))?.right.deref();
    return right?.ended ? undefined : right;
  }

  /** Ends the right for those who use it now. New requests are decided by the store. */
  end(names: readonly RightName[], reason: GatewayError): void {
    for (const name of names) this.find(name)?.end(reason);
  }

  /**
   * Revokes rights for good, in an order that cannot fail half-way: first everything that uses them ends, then `write` stores
   * that. If storing fails (a full disk), the rights are still refused as long as this process lives.
   */
  revoke<Result>(names: readonly RightName[], reason: GatewayError, write: () => Result): Result {
    for (const name of names) this.#refuse(keyOf(name), reason);
    this.end(names, reason);
    const result = write();
    for (const name of names) this.#refused.delete(keyOf(name));
    return result;
  }

  /** Called when another process wrote to the store. Ends rights that are no longer in it. */
  review(): void {
    for (const { right, check } of [...this.#known.values()]) {
      const held = right.deref();
      const reason = held && !held.ended && check?.();
      if (reason) held.end(reason);
    }
  }

  #refuse(key: string, reason: GatewayError): void {
    this.#refused.delete(key);
    this.#refused.set(key, reason);
    if (this.#refused.size > MAX_REFUSED) this.#refused.delete(this.#refused.keys().next().value as string);
  }
}

function keyOf({ kind, id }: RightName): string {
  return `${kind} ${id}`;
}
