import type { StreamState } from '../../shared/camera.ts';
import { type AccessUnit, type TrackInfo, unitBytes } from '../media/access-unit.ts';
import type { GatewayError } from '../platform/errors.ts';

/** What an output passes to a stream. All calls are synchronous and must not throw. */
export type StreamConsumer = {
  /** Called with the tracks and their parameter sets before the first unit, after a reconnect, and when they change. */
  tracks(tracks: readonly TrackInfo[]): void;
  /**
   * Called once with what a new consumer missed since the last key frame, before it comes as units. This is for outputs that must
   * know how much it is before they send the first unit.
   */
  missed?(units: readonly AccessUnit[]): void;
  /** Takes one unit. Returns false when this unit was taken but the rest must be held until `Subscription.resume()`. */
  unit(unit: AccessUnit): boolean;
  /** The state of the stream changed: it starts, is live, stalls or is lost. */
  state?(state: StreamState): void;
  /** Frames were left out because this consumer was slow; the next unit is a key frame. */
  skipped?(frames: number): void;
  /** The stream is gone for good: the camera was removed, or the gateway stops. */
  ended?(error: GatewayError): void;
};

export type QueueLimits = { readonly maxBytes: number; readonly maxMs: number };

export const DEFAULT_QUEUE_LIMITS: QueueLimits = { maxBytes: 8 * 1024 * 1024, maxMs: 3000 };

/** One consumer of a stream. While it keeps up nothing is queued; when it is late it skips to the next key frame. */
export class Subscription {
  /** Frames left out for this consumer since it came. */
  skippedFrames = 0;
  readonly consumer: StreamConsumer;
  readonly #limits: QueueLimits;
  readonly #onClose: (subscription: Subscription) => void;
  #queue: AccessUnit[] = [];
  #head = 0;
  #queuedBytes = 0;
  /** The units of a replay that the consumer has not taken yet. It gets all of them, whatever their size and age. */
  #replayBytes = 0;
  #replayedUntilUs = 0;
  #held = false;
  #needsKeyframe: boolean;
  #sinceNotified = 0;
  #hasVideo = true;
  #closed = false;

  constructor(
    consumer: StreamConsumer,
    limits: QueueLimits,
    needsKeyframe: boolean,
    onClose: (s: Subscription) => void,
  ) {
    this.consumer = consumer;
    this.#limits = limits;
    this.#needsKeyframe = needsKeyframe;
    this.#onClose = onClose;
  }

  /** Called by the stream when tracks changed. Waiting units of the old tracks are useless now. */
  setTracks(tracks: readonly TrackInfo[]): void {
    if (this.#closed) return;
    this.#dropQueue();
    this.#hasVideo = tracks.some((track) => track.kind === 'video');
    this.consumer.tracks(tracks);
  }

  /** Called by the stream when the next units do not continue the last ones. Starts again at a key frame. */
  requireKeyframe(): void {
    this.#dropQueue();
    this.#needsKeyframe = true;
  }

  /** Called by the stream with the cached units for a new consumer. Their age does not make the consumer late. */
  replay(units: readonly AccessUnit[], isVideo: (unit: AccessUnit) => boolean): void {
    this.#replayBytes = units.reduce((sum, unit) => sum + unitBytes(unit), 0);
    this.#replayedUntilUs = units.at(-1)?.receivedUs ?? 0;
    for (const unit of units) this.push(unit, isVideo(unit));
  }

  /** Called by the stream with the next unit. `isVideo` is the kind of its track. */
  push(unit: AccessUnit, isVideo: boolean): void {
    if (this.#closed) return;
    if (this.#needsKeyframe && this.#hasVideo) {
      if (!(isVideo && unit.keyframe)) {
        if (isVideo) this.#countSkipped(1);
        return;
      }
      this.#needsKeyframe = false;
      this.#reportSkipped();
    }
    if (!this.#held && this.#head === this.#queue.length) {
      this.#held = !this.consumer.unit(unit);
      return;
    }
    this.#queue.push(unit);
    this.#queuedBytes += unitBytes(unit);
    if (this.#isOverLimit()) this.requireKeyframe();
  }

  /** Must be called when the consumer can take more. */
  resume(): void {
    this.#held = false;
    while (!this.#closed && !this.#held && this.#head < this.#queue.length) {
      const unit = this.#queue[this.#head++] as AccessUnit;
      this.#queuedBytes -= unitBytes(unit);
      this.#held = !this.consumer.unit(unit);
    }
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
      this.#replayBytes = 0;
    }
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#head = 0;
    this.#queuedBytes = 0;
    this.#onClose(this);
  }

  #isOverLimit(): boolean {
    if (this.#queuedBytes > this.#limits.maxBytes + this.#replayBytes) return true;
    const first = this.#queue[this.#head];
    const last = this.#queue[this.#queue.length - 1];
    if (first === undefined || last === undefined) return false;
    return last.receivedUs - Math.max(first.receivedUs, this.#replayedUntilUs) > this.#limits.maxMs * 1000;
  }

  #dropQueue(): void {
    this.#countSkipped(this.#queue.length - this.#head);
    this.#queue = [];
    this.#head = 0;
    this.#queuedBytes = 0;
    this.#replayBytes = 0;
  }

  #countSkipped(frames: number): void {
    this.skippedFrames += frames;
    this.#sinceNotified += frames;
  }

  #reportSkipped(): void {
    if (this.#sinceNotified > 0) this.consumer.skipped?.(this.#sinceNotified);
    this.#sinceNotified = 0;
  }
}
