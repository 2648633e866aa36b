import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import type { Viewer, ViewerKind } from './viewer.ts';

/** These kinds have nobody at the other end who could vanish. */
const OURS: ReadonlySet<ViewerKind> = new Set<ViewerKind>(['record', 'still']);
/** If an output reports no sign of life, the viewer's arrival counts as one. */
const UNTOLD_US = 12_000_000;
/** How often it is checked whether a deadline became earlier, for example because a page closed its socket. */
const LOOK_EVERY_US = 1_000_000;
/** The shortest time between two checks, however short a time an output gives. */
const LOOK_AT_MOST_EVERY_US = 10_000;

/**
 * The one deadline for every viewer of every output. A viewer holds a seat and a camera until its newest sign of life expires.
 * Only the output knows what a sign of life is. Only a newer one moves the deadline, so that no output can forget a viewer who
 * is gone.
 */
export class ViewerLife {
  readonly #clock: Clock;
  readonly #viewers: () => readonly Viewer[];
  readonly #end: (viewer: Viewer, reason: GatewayError) => void;
  readonly #cameUs = new WeakMap<Viewer, number>();
  #cancelLook: (() => void) | undefined;

  constructor(clock: Clock, viewers: () => readonly Viewer[], end: (viewer: Viewer, reason: GatewayError) => void) {
    this.#clock = clock;
    this.#viewers = viewers;
    this.#end = end;
  }

  came(viewer: Viewer): void {
    this.#cameUs.set(viewer, this.#clock.nowUs());
    this.#cancelLook ??= this.#lookIn(LOOK_EVERY_US);
  }

  stop(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }

  #lookIn(us: number): () => void {
    return this.#clock.after(us / 1000, () => {
      this.#cancelLook = undefined;
      const nextUs = this.#look(this.#clock.nowUs());
      if (nextUs !== undefined) this.#cancelLook ??= this.#lookIn(nextUs);
    });
  }

  /** Ends viewers who are gone. Returns when to check again; undefined when nobody is left. */
  #look(nowUs: number): number | undefined {
    let nextUs: number | undefined;
    for (const viewer of this.#viewers()) {
      if (OURS.has(viewer.kind)) continue;
      const leftUs = this.#aliveUntilUs(viewer, nowUs) - nowUs;
      if (leftUs > 0) nextUs = Math.min(Math.max(leftUs, LOOK_AT_MOST_EVERY_US), nextUs ?? LOOK_EVERY_US);
      else this.#end(viewer, new GatewayError('viewer-lost', 'The viewer gave no sign of life any more.'));
    }
    return nextUs;
  }

  #aliveUntilUs(viewer: Viewer, nowUs: number): number {
    return viewer.aliveUntilUs?.(nowUs) ?? (this.#cameUs.get(viewer) ?? nowUs) + UNTOLD_US;
  }
}
