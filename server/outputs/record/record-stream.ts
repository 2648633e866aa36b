import type { Writable } from 'node:stream';
import { isFinal } from '../../../shared/error-code.ts';
import { awaitCamera } from '../../hub/camera-wait.ts';
import type { Stream } from '../../hub/stream.ts';
import type { QueueLimits, StreamConsumer, Subscription } from '../../hub/subscription.ts';
import type { AccessUnit, AudioTrack, TrackInfo } from '../../media/access-unit.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { CreateUnitWriter, UnitWriter } from './unit-writer.ts';

export type RecordingProgress = {
  readonly recordedMs: number;
  readonly pictures: number;
  readonly bytes: number;
  /** How many pictures were left out because the target was slower than the camera. */
  readonly skippedPictures: number;
};

export type RecordOptions = {
  readonly createWriter: CreateUnitWriter;
  /** When absent, it records until the signal aborts. */
  readonly durationMs?: number;
  /** Called after each picture. */
  readonly onProgress?: (progress: RecordingProgress) => void;
};

const NO_PICTURE_AFTER_MS = 30_000;
/** A disk may pause for longer than a viewer may. */
const RECORDING_LIMITS: QueueLimits = { maxBytes: 32 * 1024 * 1024, maxMs: 30_000 };

/**
 * Writes a stream without re-encoding it. Resolves when the time is over or `signal` aborts. Rejects when the camera does not
 * come or is lost for good, sends nothing for half a minute, or the target fails. It never ends the target.
 */
export function recordStream(
  stream: Stream,
  target: Writable,
  options: RecordOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<RecordingProgress> {
  return new Promise((resolve, reject) =>
    new RecordingRun(target, options, clock, signal, resolve, reject).start(stream),
  );
}

class RecordingRun implements StreamConsumer {
  readonly #target: Writable;
  readonly #options: RecordOptions;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #resolve: (progress: RecordingProgress) => void;
  readonly #reject: (reason: GatewayError) => void;
  readonly #onAbort = (): void => {
    // Everything that came before the end belongs to the recording, even when the target is slow.
    while (!this.#isOver && (this.#subscription?.queuedBytes ?? 0) > 0) this.#subscription?.resume();
    this.#finish();
  };
  readonly #onDrain = (): void => this.#subscription?.resume();
  readonly #onError = (error: Error): void => this.#finish(asGatewayError(error));
  #subscription: Subscription | undefined;
  #writer: UnitWriter | undefined;
  #videoTrack = -1;
  #soundTrack = -1;
  #firstUs: number | undefined;
  #lastUs = 0;
  #pictures = 0;
  #bytes = 0;
  #cancelDeadline = (): void => {};
  readonly #over = new AbortController();

  constructor(
    target: Writable,
    options: RecordOptions,
    clock: Clock,
    signal: AbortSignal,
    resolve: (progress: RecordingProgress) => void,
    reject: (reason: GatewayError) => void,
  ) {
    this.#target = target;
    this.#options = options;
    this.#clock = clock;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(stream: Stream): void {
    this.#target.on('drain', this.#onDrain).on('error', this.#onError);
    this.#signal.addEventListener('abort', this.#onAbort);
    this.#subscription = stream.subscribe(this, { limits: RECORDING_LIMITS });
    if (this.#signal.aborted) this.#finish();
    if (this.#isOver) this.#subscription.close();
    const wait = { clock: this.#clock, signal: this.#over.signal, look: () => stream.keyFrame };
    awaitCamera(stream, wait).catch((error: unknown) => this.#finish(asGatewayError(error)));
  }

  tracks(tracks: readonly TrackInfo[]): void {
    this.#videoTrack = tracks.findIndex((track) => track.kind === 'video');
    this.#soundTrack = tracks.findIndex((track) => track.kind === 'audio');
    const video = tracks[this.#videoTrack];
    if (video?.kind !== 'video') {
      this.#finish(new GatewayError('unsupported-codec', 'The camera sends no picture that can be recorded.'));
      return;
    }
    try {
      const sound = tracks[this.#soundTrack] as AudioTrack | undefined;
      this.#writer ??= this.#options.createWriter(video.codec, sound);
    } catch (error) {
      this.#finish(asGatewayError(error));
    }
  }

  unit(unit: AccessUnit): boolean {
    if (this.#isOver) return true;
    try {
      if (unit.track === this.#videoTrack) return this.#video(unit);
      return unit.track === this.#soundTrack ? this.#write(this.#writer?.audio(unit) ?? []) : true;
    } catch (error) {
      this.#finish(asGatewayError(error, 'bad-data'));
      return true;
    }
  }

  state(state: Parameters<NonNullable<StreamConsumer['state']>>[0]): void {
    if (state.phase === 'offline' && isFinal(state.code)) this.#finish(new GatewayError(state.code, state.message));
  }

  ended(reason: GatewayError): void {
    this.#finish(reason);
  }

  #video(unit: AccessUnit): boolean {
    this.#firstUs ??= unit.ptsUs;
    const { durationMs, onProgress } = this.#options;
    if (durationMs !== undefined && unit.ptsUs - this.#firstUs >= durationMs * 1000) {
      this.#finish();
      return true;
    }
    this.#lastUs = Math.max(this.#lastUs, unit.ptsUs);
    this.#pictures++;
    this.#expectPicture();
    const isTaken = this.#write(this.#writer?.video(unit) ?? []);
    onProgress?.(this.#progress());
    return isTaken;
  }

  #write(chunks: readonly Uint8Array[]): boolean {
    let isTaken = true;
    for (const chunk of chunks) {
      this.#bytes += chunk.length;
      isTaken = this.#target.write(chunk);
    }
    return isTaken;
  }

  #progress(): RecordingProgress {
    return {
      recordedMs: this.#firstUs === undefined ? 0 : (this.#lastUs - this.#firstUs) / 1000,
      pictures: this.#pictures,
      bytes: this.#bytes,
      skippedPictures: this.#subscription?.skippedFrames ?? 0,
    };
  }

  #expectPicture(): void {
    this.#cancelDeadline();
    const silence = new GatewayError('stalled', 'The camera sent no picture for half a minute.');
    this.#cancelDeadline = this.#clock.after(NO_PICTURE_AFTER_MS, () => this.#finish(silence));
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #finish(reason?: GatewayError): void {
    if (this.#isOver) return;
    this.#over.abort();
    this.#cancelDeadline();
    this.#subscription?.close();
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#target.off('drain', this.#onDrain).off('error', this.#onError);
    if (reason) this.#reject(reason);
    else this.#resolve(this.#progress());
  }
}
