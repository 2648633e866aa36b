import type { Stream } from '../../hub/stream.ts';
import type { StreamConsumer, Subscription } from '../../hub/subscription.ts';
import type { AccessUnit, AudioTrack, TrackInfo } from '../../media/access-unit.ts';
import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import { Fmp4Muxer, type MediaFragment } from '../../media/mp4/fmp4-muxer.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';

/** The fragments of one stream, made once for all viewers who watch it as fMP4. */
export class FragmentStream {
  readonly #withSound: boolean;
  readonly #fragments = new WeakMap<AccessUnit, MediaFragment | undefined>();
  readonly #listeners = new Set<(reason: GatewayError) => void>();
  #muxer: Fmp4Muxer | undefined;
  #layout: TrackLayout | undefined;
  #ended: GatewayError | undefined;
  #subscription: Subscription | undefined;

  constructor(stream: Stream, withSound: boolean) {
    this.#withSound = withSound;
    const consumer: StreamConsumer = {
      tracks: (tracks) => this.#setTracks(tracks),
      unit: (unit) => {
        this.fragmentOf(unit);
        return true;
      },
      ended: (reason) => this.#end(reason),
    };
    this.#subscription = stream.subscribe(consumer);
    if (this.#ended) this.#subscription.close();
  }

  /** The newest init segment. Undefined before the first key frame. */
  get init(): InitSegment | undefined {
    return this.#muxer?.init;
  }

  /** Why this stream has ended. */
  get ended(): GatewayError | undefined {
    return this.#ended;
  }

  /**
   * The fragment that ends with this unit. It is made at the first request, by the stream or by a viewer who gets the unit
   * earlier. Undefined when the unit becomes part of a later fragment.
   */
  fragmentOf(unit: AccessUnit): MediaFragment | undefined {
    if (!this.#fragments.has(unit)) this.#fragments.set(unit, this.#make(unit));
    return this.#fragments.get(unit);
  }

  /** Calls back once when the stream ends. The returned function stops listening. */
  onEnd(listener: (reason: GatewayError) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#end(new GatewayError('stopping', 'Nobody watches this stream any more.'));
  }

  #setTracks(tracks: readonly TrackInfo[]): void {
    const layout = layoutOf(tracks, this.#withSound);
    if (!layout) {
      this.#end(new GatewayError('unsupported-codec', 'The camera sends no picture that fits into an MP4.'));
      return;
    }
    const before = this.#layout;
    this.#layout = layout;
    if (before && Boolean(before.sound) !== Boolean(layout.sound)) {
      this.#end(new GatewayError('not-found', 'The camera sends something else now. Open the stream again.'));
    } else if (layout.key !== before?.key) {
      const { codec, sound } = layout;
      const versionBefore = this.#muxer?.init?.version ?? 0;
      this.#muxer = new Fmp4Muxer({ codec, versionBefore, ...(sound ? { audio: sound } : {}) });
    }
  }

  #make(unit: AccessUnit): MediaFragment | undefined {
    const { videoTrack, soundTrack } = this.#layout ?? {};
    if (this.#ended) return undefined;
    try {
      if (unit.track === videoTrack) return this.#muxer?.pushVideo(unit);
      return unit.track === soundTrack ? this.#muxer?.pushAudio(unit) : undefined;
    } catch (error) {
      this.#end(asGatewayError(error, 'bad-data'));
      return undefined;
    }
  }

  #end(reason: GatewayError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#subscription?.close();
    for (const listener of [...this.#listeners]) listener(reason);
    this.#listeners.clear();
  }
}

type TrackLayout = {
  /** Track layouts with the same key can use the same muxer. */
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
