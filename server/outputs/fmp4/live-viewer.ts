import type { Writable } from 'node:stream';
import type { Watch } from '../../hub/hub.ts';
import type { Subscription } from '../../hub/subscription.ts';
import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import type { MediaFragment } from '../../media/mp4/fmp4-muxer.ts';
import { Recap } from '../../media/mp4/fmp4-recap.ts';
import { VIDEO_TIMESCALE, videoTicks } from '../../media/mp4/fmp4-sample-entry.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FragmentStream } from './fragment-stream.ts';

/** A viewer that takes nothing for this long is not there any more. */
const DEAD_AFTER_MS = 30_000;
/** Together more than the sound that browsers want at hand before they begin. */
const RECAP = { keyUs: 100_000, restUs: 260_000 };
/**
 * Before a viewer has fetched and decoded the pictures since the key frame the next ones are there: they belong to the recap
 * too, or the viewer would begin so late. At least while a fast one plays the recap, and longer where there is much to fetch
 * and to decode.
 */
const LEAD = { leastUs: 250_000, usPerByte: 0.08, mostUs: 750_000 };

/** One endless MP4 on one connection: the group of pictures so far, or a recap of it, then each picture as it comes. */
export class LiveViewer {
  readonly #watch: Watch;
  readonly #fragments: FragmentStream;
  readonly #clock: Clock;
  readonly #onClose: () => void;
  #subscription: Subscription | undefined;
  #target: Writable | undefined;
  #sentInit: InitSegment | undefined;
  #recap: Recap | undefined;
  /** No later picture belongs to the recap. */
  #recapUntilUs = 0;
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
  start(target: Writable, withRecap: boolean): void {
    if (this.#closed) {
      target.destroy();
      return;
    }
    this.#target = target;
    target.on('drain', () => this.#drained());
    target.once('close', () => this.close());
    target.on('error', () => this.close());
    this.#stopListening = this.#fragments.listen({ fragment: () => undefined, ended: () => this.#finish() });
    if (withRecap) this.#planRecap();
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

  /** Of what the subscription is about to replay, and of what comes while it is decoded. */
  #planRecap(): void {
    const group = this.#watch.stream.gop.units().flatMap((unit) => this.#fragments.fragmentOf(unit) ?? []);
    const pictures = group.filter(({ hasPicture }) => hasPicture);
    const [first, last] = [pictures[0], pictures.at(-1)];
    const keyTicks = first?.runs[0]?.baseTicks;
    const lastTicks = last?.runs[0]?.baseTicks;
    if (keyTicks === undefined || lastTicks === undefined) return;
    const soundTimescale = first?.init.audioEntry?.timescale;
    // Sound cannot come before its time, and browsers begin with some of it at hand.
    const leadUs = soundTimescale === undefined ? leadUsOf(pictures) : 0;
    const untilTicks = lastTicks + videoTicks(leadUs);
    const restTicks = untilTicks - videoTicks(RECAP.restUs);
    const beginsTicks = restTicks - videoTicks(RECAP.keyUs);
    const points = [
      { ticks: keyTicks, toldTicks: beginsTicks },
      { ticks: keyTicks + 1, toldTicks: restTicks },
      { ticks: untilTicks, toldTicks: untilTicks },
    ];
    this.#recap = Recap.of(points, (beginsTicks / VIDEO_TIMESCALE) * (soundTimescale ?? 0));
    this.#recapUntilUs = (last?.timeUs ?? 0) + leadUs;
  }

  #send(fragment: MediaFragment | undefined): boolean {
    const target = this.#target;
    if (!fragment || !target || this.#closed) return true;
    if (fragment.init !== this.#sentInit) {
      this.#sentInit = fragment.init;
      target.write(fragment.init.bytes);
    }
    if (fragment.timeUs > this.#recapUntilUs) this.#recap = undefined;
    const pieces = this.#recap?.restamp(fragment.bytes) ?? [fragment.bytes];
    for (const piece of pieces) target.write(piece);
    if (!target.writableNeedDrain) return true;
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

function leadUsOf(pictures: readonly MediaFragment[]): number {
  const byteCount = pictures.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return Math.min(LEAD.leastUs + byteCount * LEAD.usPerByte, LEAD.mostUs);
}
