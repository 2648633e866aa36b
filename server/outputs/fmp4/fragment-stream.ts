import { isFinal } from '../../../shared/error-code.ts';
import type { Stream } from '../../hub/stream.ts';
import type { StreamConsumer, Subscription } from '../../hub/subscription.ts';
import type { AccessUnit, AudioTrack, TrackInfo } from '../../media/access-unit.ts';
import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import { Fmp4Muxer, type MediaFragment } from '../../media/mp4/fmp4-muxer.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';

export type FragmentListener = {
  fragment(fragment: MediaFragment): void;
  /** Nothing more will come from here: the camera is gone, or sends something else now. */
  ended(reason: GatewayError): void;
};

/** One stream as fragments, made once for all who watch it as fMP4. */
export class FragmentStream {
  readonly #withSound: boolean;
  readonly #fragments = new WeakMap<AccessUnit, MediaFragment>();
  readonly #listeners = new Set<FragmentListener>();
  #muxer: Fmp4Muxer | undefined;
  #layout: TrackLayout | undefined;
  #cause: GatewayError | undefined;
  #ended: GatewayError | undefined;
  readonly #waiting = new Set<Waiting>();
  #subscription: Subscription | undefined;

  constructor(stream: Stream, withSound: boolean) {
    this.#withSound = withSound;
    const consumer: StreamConsumer = {
      tracks: (tracks) => this.#setTracks(tracks),
      unit: (unit) => {
        this.#push(unit);
        return true;
      },
      state: (state) => {
        this.#cause = state.phase === 'offline' ? new GatewayError(state.code, state.message) : undefined;
        if (this.#cause && isFinal(this.#cause.code)) this.#refuse(this.#cause);
      },
      ended: (reason) => this.#end(reason),
    };
    this.#subscription = stream.subscribe(consumer);
    if (this.#ended) this.#subscription.close();
  }

  /** The newest init segment, when the first key frame was there. */
  get init(): InitSegment | undefined {
    return this.#muxer?.init;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Waits for the first key frame; rejects with what keeps the camera from sending one. */
  async whenReady(signal: AbortSignal, timeoutMs: number): Promise<InitSegment> {
    if (this.#ended) throw this.#ended;
    if (this.init) return this.init;
    if (this.#cause && isFinal(this.#cause.code)) throw this.#cause;
    const expired = AbortSignal.timeout(timeoutMs);
    const waited = AbortSignal.any([signal, expired]);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { resolve, reject };
      this.#waiting.add(waiting);
      waited.addEventListener(
        'abort',
        () => {
          this.#waiting.delete(waiting);
          reject(this.#whyNothing(signal));
        },
        { once: true },
      );
    });
  }

  /** The fragment that ends with this unit; undefined when the unit travels in a later one. */
  fragmentOf(unit: AccessUnit): MediaFragment | undefined {
    return this.#fragments.get(unit);
  }

  /** The returned function stops listening. */
  listen(listener: FragmentListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#end(new GatewayError('stopping', 'Nobody watches this stream any more.'));
  }

  #whyNothing(signal: AbortSignal): GatewayError {
    if (signal.aborted) return new GatewayError('viewer-lost', 'The viewer went away before the first picture.');
    return (
      this.#cause ?? new GatewayError('timeout', 'The camera sent no picture in time. Check that it is switched on.')
    );
  }

  #setTracks(tracks: readonly TrackInfo[]): void {
    const layout = layoutOf(tracks, this.#withSound);
    if (!layout) {
      this.#end(new GatewayError('unsupported-codec', 'The camera sends no picture that fits into an MP4.'));
      return;
    }
    if (this.#layout && layout.key !== this.#layout.key) {
      this.#end(new GatewayError('not-found', 'The camera sends something else now. Open the stream again.'));
      return;
    }
    this.#layout = layout;
    this.#muxer ??= new Fmp4Muxer({ codec: layout.codec, ...(layout.sound ? { audio: layout.sound } : {}) });
  }

  #push(unit: AccessUnit): void {
    const { videoTrack, soundTrack } = this.#layout ?? {};
    try {
      if (unit.track === videoTrack) this.#publish(unit, this.#muxer?.pushVideo(unit));
      else if (unit.track === soundTrack) this.#publish(unit, this.#muxer?.pushAudio(unit));
    } catch (error) {
      this.#end(asGatewayError(error, 'bad-data'));
    }
  }

  #publish(unit: AccessUnit, fragment: MediaFragment | undefined): void {
    if (!fragment) return;
    this.#fragments.set(unit, fragment);
    for (const { resolve } of this.#waiting) resolve(fragment.init);
    this.#waiting.clear();
    for (const listener of this.#listeners) listener.fragment(fragment);
  }

  #refuse(reason: GatewayError): void {
    for (const { reject } of this.#waiting) reject(reason);
    this.#waiting.clear();
  }

  #end(reason: GatewayError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#subscription?.close();
    this.#refuse(reason);
    for (const listener of [...this.#listeners]) listener.ended(reason);
    this.#listeners.clear();
  }
}

type Waiting = { resolve(init: InitSegment): void; reject(reason: GatewayError): void };

type TrackLayout = {
  /** Two layouts with the same key can follow each other in one MP4. */
  readonly key: string;
  readonly codec: 'h264' | 'h265';
  readonly videoTrack: number;
  readonly soundTrack: number;
  readonly sound: AudioTrack | undefined;
};

function layoutOf(tracks: readonly TrackInfo[], withSound: boolean): TrackLayout | undefined {
  const videoTrack = tracks.findIndex((track) => track.kind === 'video');
  const video = tracks[videoTrack];
  if (video?.kind !== 'video') return undefined;
  const soundTrack = withSound ? tracks.findIndex((track) => track.kind === 'audio') : -1;
  const sound = tracks[soundTrack] as AudioTrack | undefined;
  const key = [video.codec, sound?.codec, sound?.sampleRateHz, sound?.channels, sound?.config?.toString()].join(' ');
  return { key, codec: video.codec, videoTrack, soundTrack, sound };
}
