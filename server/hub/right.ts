import { type Clock, callAt } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';

/**
 * What somebody's access is based on. `account` is the account itself, on which other rights depend. `session` is a browser
 * that is signed in. `password` is a program that sends an account's name and password each time. The others are a `token`, a
 * `link`, and an `rtsp-user` (an entry of `rtsp.users`).
 */
export type RightKind = 'account' | 'session' | 'password' | 'token' | 'link' | 'rtsp-user';

export type RightName = { readonly kind: RightKind; readonly id: string };

export type RightDescription = RightName & {
  /** The right that this one was made by and ends with. */
  readonly maker?: Right | undefined;
  /** The reason when it ends because its maker ends. Without this it is the maker's own reason. */
  readonly reasonWithMaker?: GatewayError;
  /** The time in epoch milliseconds at which it ends by itself. */
  readonly untilMs?: number | undefined;
};

type Closer = (reason: GatewayError) => void;

/**
 * One right while it is alive. Everybody who uses the right holds the same object, registers what has to end with it, and
 * refuses it once it has ended. An ended right never becomes valid again: when a link opens again on its next day, that is
 * another object.
 */
export class Right {
  readonly kind: RightKind;
  readonly id: string;
  readonly untilMs: number | undefined;
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;
  readonly #reasonWithMaker: GatewayError | undefined;
  readonly #closers = new Map<symbol, Closer>();
  #maker: Right | undefined;
  #ended: GatewayError | undefined;
  /** Set while anything depends on this right. Only then must its maker and the clock be watched. */
  #unhook: (() => void) | undefined;

  /** `report` is called for errors while it ends, because an error must not stop the end half-way. */
  constructor(
    { kind, id, maker, reasonWithMaker, untilMs }: RightDescription,
    clock: Clock,
    report: (error: unknown) => void = throwLater,
  ) {
    this.kind = kind;
    this.id = id;
    this.untilMs = untilMs;
    this.#maker = maker;
    this.#reasonWithMaker = reasonWithMaker;
    this.#clock = clock;
    this.#report = report;
  }

  get maker(): Right | undefined {
    return this.#maker;
  }

  /** Why it has ended. Undefined while it is alive. */
  get ended(): GatewayError | undefined {
    if (this.#ended) return this.#ended;
    const madeBy = this.#maker?.ended;
    if (madeBy) this.#endWithMaker(madeBy);
    else if (this.untilMs !== undefined && this.untilMs <= this.#clock.wallMs()) this.end(timeIsOver(this.kind));
    return this.#ended;
  }

  /** Throws why it ended. */
  require(): void {
    if (this.ended) throw this.ended;
  }

  /**
   * Calls back once when it ends, or now if it has ended already. The returned function cancels that. An error of one callback
   * does not affect the others.
   */
  onEnd(closer: Closer): () => void {
    const { ended } = this;
    if (ended) {
      closer(ended);
      return () => {};
    }
    const key = Symbol();
    this.#closers.set(key, closer);
    this.#unhook ??= this.#hook();
    return () => {
      if (this.#closers.delete(key) && this.#closers.size === 0) this.#release();
    };
  }

  /** Ends it for good, together with everything that depends on it. It may be called more than once. */
  end(reason: GatewayError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#release();
    const closers = [...this.#closers.values()];
    this.#closers.clear();
    for (const close of closers) {
      try {
        close(reason);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  /** Called when it was given to another account. From then on it ends with that account. */
  handTo(maker: Right): void {
    if (this.#ended) return;
    this.#maker = maker;
    if (!this.#unhook) return;
    this.#release();
    this.#unhook = this.#hook();
  }

  #hook(): () => void {
    const leaveMaker = this.#maker?.onEnd((reason) => this.#endWithMaker(reason));
    const cancelClock = callAt(this.#clock, this.untilMs, () => this.end(timeIsOver(this.kind)));
    return () => {
      leaveMaker?.();
      cancelClock();
    };
  }

  #release(): void {
    this.#unhook?.();
    this.#unhook = undefined;
  }

  #endWithMaker(reason: GatewayError): void {
    this.end(this.#reasonWithMaker ?? reason);
  }
}

function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

function timeIsOver(kind: RightKind): GatewayError {
  if (kind === 'session')
    return new GatewayError('not-signed-in', 'You were signed in for long enough. Sign in again.');
  return new GatewayError('share-expired', 'The time of this link or token is over.');
}
