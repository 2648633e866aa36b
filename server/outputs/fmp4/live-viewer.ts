import type { Writable } from 'node:stream';
import type { Watch } from '../../hub/hub.ts';
import type { Subscription } from '../../hub/subscription.ts';
import { LiveMp4Timeline } from '../../media/catch-up/live-mp4-timeline.ts';
import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import type { MediaFragment } from '../../media/mp4/fmp4-muxer.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FragmentStream } from './fragment-stream.ts';

/** A viewer that takes nothing for this long is not there any more. */
const GONE_AFTER_US = 10_000_000;

/** One endless MP4 on one connection: the group of pictures so far, or a recap of it, then each picture as it comes, until the camera sends another kind. */
export class LiveViewer {
  readonly #watch: Watch;
  readonly #fragments: FragmentStream;
  readonly #clock: Clock;
  readonly #onClose: () => void;
  #subscription: Subscription | undefined;
  #target: Writable | undefined;
  #sentInit: InitSegment | undefined;
  #timeline: LiveMp4Timeline | undefined;
  /** Since when the connection takes no more. */
  #fullSinceUs: number | undefined;
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

  /** A connection that takes what it is given is there; the system ends those that nobody is at the other end of. */
  aliveUntilUs(nowUs: number): number {
    return (this.#fullSinceUs ?? nowUs) + GONE_AFTER_US;
  }

  /** Writes to `target` until either side ends. A slow target skips to a key frame and never makes anything grow. */
  start(target: Writable, withRecap: boolean): void {
    if (this.#closed) {
      target.destroy();
      return;
    }
    this.#target = target;
    target.on('drain', () => this.#drained());
    target.once('close', () => this.close());
    target.on('error', () => this.close());
    this.#stopListening = this.#fragments.onEnd(() => this.#finish());
    this.#subscription = this.#watch.subscribe({
      tracks: () => undefined,
      missed: (units) => {
        const missed = units.flatMap((unit) => this.#fragments.fragmentOf(unit) ?? []);
        this.#timeline = new LiveMp4Timeline(missed, withRecap);
      },
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
    this.#stopListening();
    this.#watch.close();
    this.#onClose();
  }

  #send(fragment: MediaFragment | undefined): boolean {
    const target = this.#target;
    if (!fragment || !target || this.#closed) return true;
    if (this.#sentInit && fragment.init !== this.#sentInit) {
      // Only browsers take a second beginning in one MP4; to ffmpeg what follows would be garbage. Who wants more comes back.
      this.#finish();
      return true;
    }
    if (!this.#sentInit) target.write(fragment.init.bytes);
    this.#sentInit = fragment.init;
    for (const piece of this.#timeline?.restamp(fragment) ?? []) target.write(piece);
    if (!target.writableNeedDrain) return true;
    this.#fullSinceUs ??= this.#clock.nowUs();
    return false;
  }

  #drained(): void {
    this.#fullSinceUs = undefined;
    this.#subscription?.resume();
  }

  #finish(): void {
    this.#target?.end();
    this.close();
  }
}
