import type { Writable } from 'node:stream';
import type { Watch } from '../../hub/hub.ts';
import type { Subscription } from '../../hub/subscription.ts';
import type { InitSegment } from '../../media/fmp4-init.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FragmentStream } from './fragment-stream.ts';

/** A viewer that takes nothing for this long is not there any more. */
const DEAD_AFTER_MS = 30_000;

/** One endless MP4 on one connection: the group of pictures so far, then each picture as it comes. */
export class LiveViewer {
  readonly #watch: Watch;
  readonly #fragments: FragmentStream;
  readonly #clock: Clock;
  readonly #onClose: () => void;
  #subscription: Subscription | undefined;
  #target: Writable | undefined;
  #sentInit: InitSegment | undefined;
  #cancelDeadline = (): void => {};
  #stopListening = (): void => {};
  #closed = false;

  constructor(watch: Watch, fragments: FragmentStream, clock: Clock, onClose: () => void) {
    this.#watch = watch;
    this.#fragments = fragments;
    this.#clock = clock;
    this.#onClose = onClose;
  }

  get skippedFrames(): number {
    return this.#subscription?.skippedFrames ?? 0;
  }

  /** Writes to `target` until either side ends. A slow target skips to a key frame and never makes anything grow. */
  start(target: Writable): void {
    if (this.#closed) {
      target.destroy();
      return;
    }
    this.#target = target;
    target.on('drain', () => this.#drained());
    target.once('close', () => this.close());
    target.on('error', () => this.close());
    this.#stopListening = this.#fragments.listen({ fragment: () => undefined, ended: () => this.#finish() });
    this.#subscription = this.#watch.subscribe({
      tracks: () => undefined,
      unit: (unit) => this.#send(this.#fragments.fragmentOf(unit)),
      ended: () => this.#finish(),
    });
  }

  /** The right to watch is gone, or the gateway stops: nothing more may be sent, not even what waits. */
  end(): void {
    this.#target?.destroy();
    this.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelDeadline();
    this.#stopListening();
    this.#watch.close();
    this.#onClose();
  }

  #send(fragment: ReturnType<FragmentStream['fragmentOf']>): boolean {
    const target = this.#target;
    if (!fragment || !target || this.#closed) return true;
    if (fragment.init !== this.#sentInit) {
      this.#sentInit = fragment.init;
      target.write(fragment.init.bytes);
    }
    if (target.write(fragment.bytes)) return true;
    this.#cancelDeadline = this.#clock.after(DEAD_AFTER_MS, () => this.end());
    return false;
  }

  #drained(): void {
    this.#cancelDeadline();
    this.#subscription?.resume();
  }

  #finish(): void {
    this.#target?.end();
    this.close();
  }
}
