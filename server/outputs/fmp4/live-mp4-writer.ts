import type { Writable } from 'node:stream';
import type { Watch } from '../../hub/hub.ts';
import type { Subscription } from '../../hub/subscription.ts';
import { LiveMp4Timeline } from '../../media/catch-up/live-mp4-timeline.ts';
import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import type { MediaFragment } from '../../media/mp4/fmp4-muxer.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FragmentStream } from './fragment-stream.ts';

/** A viewer that reads nothing for this long counts as gone. */
const GONE_AFTER_US = 10_000_000;

/** One endless MP4 on one connection: the current group of pictures or a recap of it, then each picture as it comes, until the camera's format changes. */
export class LiveMp4Writer {
  readonly #watch: Watch;
  readonly #fragments: FragmentStream;
  readonly #clock: Clock;
  readonly #onClose: () => void;
  #subscription: Subscription | undefined;
  #target: Writable | undefined;
  #sentInit: InitSegment | undefined;
  #timeline: LiveMp4Timeline | undefined;
  /** The time since which the connection accepts no more data. */
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

  /** A connection that accepts data counts as alive. The system ends connections whose other end is gone. */
  aliveUntilUs(nowUs: number): number {
    return (this.#fullSinceUs ?? nowUs) + GONE_AFTER_US;
  }

  /** Writes to `target` until either side ends. For a slow target it skips to a key frame, so that no buffer grows. */
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

  /** The right to watch has ended or the gateway stops: nothing more may be sent, not even buffered data. */
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
      // Only browsers accept a second init segment in one MP4; ffmpeg would read garbage. Viewers who want more connect again.
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
