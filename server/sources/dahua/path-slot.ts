import type { Logger } from 'pino';
import { isFinal } from '../../../shared/error-code.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, type GatewayError } from '../../platform/errors.ts';
import type { DevicePath, PathKind } from './device-path.ts';
import { PathWatch } from './path-watch.ts';
import type { SessionTimings } from './session-timings.ts';

export type SlotContext = {
  readonly kind: PathKind;
  readonly build: (signal: AbortSignal) => Promise<DevicePath>;
  readonly clock: Clock;
  readonly timings: SessionTimings;
  readonly log: Logger;
  /** A path came or went between two ticks. */
  readonly changed: () => void;
};

/** The direct path or the relay of a session: the one in use, its replacement under way, and predecessors until their realms end. */
export class PathSlot {
  readonly #context: SlotContext;
  readonly #abort = new AbortController();
  #current: PathWatch | undefined;
  #retiring: PathWatch[] = [];
  #isBuilding = false;
  #failures = 0;
  #nextAttemptUs = 0;
  #isGivenUp = false;

  constructor(context: SlotContext) {
    this.#context = context;
  }

  get current(): PathWatch | undefined {
    return this.#current;
  }

  watchOf(path: DevicePath): PathWatch | undefined {
    return [this.#current, ...this.#retiring].find((watch) => watch?.path === path);
  }

  /** Builds the first path, or the next one; resolves when it stands. */
  async build(): Promise<DevicePath> {
    const { clock, timings, build, log, kind } = this.#context;
    this.#isBuilding = true;
    try {
      const path = await build(this.#abort.signal);
      if (this.#abort.signal.aborted) {
        await path.close();
        throw this.#abort.signal.reason;
      }
      if (this.#current) this.#retiring.push(this.#current);
      this.#current = new PathWatch(path, clock, timings);
      this.#failures = 0;
      path.tunnel.onClosed = this.#context.changed;
      log.info({ path: kind }, 'dahua path is up');
      this.#context.changed();
      return path;
    } catch (error) {
      const failure = asGatewayError(error);
      this.#failed(failure);
      throw failure;
    } finally {
      this.#isBuilding = false;
    }
  }

  tick(isLast: boolean): void {
    const { log, kind, timings } = this.#context;
    this.#current?.tick(isLast);
    if (this.#current?.health === 'dead') {
      log.warn({ path: kind }, 'dahua path is lost');
      void this.#current.path.close();
      this.#current = undefined;
      this.#postpone();
    }
    for (const watch of this.#retiring) {
      watch.tick(false);
      const { tunnel } = watch.path;
      const isOver = tunnel.realms.size === 0 || tunnel.carriedBytes > timings.retireAfterBytes;
      if (!isOver && watch.health !== 'dead') continue;
      void watch.path.close();
      this.#retiring = this.#retiring.filter((other) => other !== watch);
    }
    const isWanted = !this.#current || this.#current.isWorn;
    if (isWanted && !this.#isBuilding && !this.#isGivenUp && this.#context.clock.nowUs() >= this.#nextAttemptUs) {
      void this.build().catch(() => {}); // Noted already; the next attempt is due later.
    }
  }

  async close(): Promise<void> {
    this.#abort.abort();
    const watches = [this.#current, ...this.#retiring];
    this.#current = undefined;
    this.#retiring = [];
    await Promise.all(watches.map((watch) => watch?.path.close()));
  }

  #failed(failure: GatewayError): void {
    const { log, kind } = this.#context;
    if (this.#abort.signal.aborted) return;
    // A refused password must not be offered again by itself.
    this.#isGivenUp = isFinal(failure.code);
    this.#failures++;
    this.#postpone();
    log.info({ path: kind, code: failure.code, reason: failure.message }, 'dahua path could not be built');
  }

  #postpone(): void {
    const { timings, clock } = this.#context;
    const waitMs = Math.min(timings.rebuildFirstMs * 2 ** Math.max(0, this.#failures - 1), timings.rebuildMaxMs);
    this.#nextAttemptUs = clock.nowUs() + waitMs * 1000 * (0.8 + 0.4 * Math.random());
  }
}
