import type { ConnectStep, StreamState, VideoCodec } from '../../shared/camera.ts';
import { PictureCadence } from '../../shared/picture-cadence.ts';
import { type AccessUnit, type TrackInfo, unitBytes } from '../media/access-unit.ts';
import { leadingParameterSets, sameParameterSets } from '../media/video/parameter-sets.ts';
import type { Clock } from '../platform/clock.ts';
import type { GatewayError } from '../platform/errors.ts';
import { GopCache } from './gop-cache.ts';
import type { SourceSink } from './source.ts';
import { DEFAULT_QUEUE_LIMITS, type QueueLimits, type StreamConsumer, Subscription } from './subscription.ts';

/** What the supervisor tells a stream, beyond what its source publishes. */
export type StreamSink = SourceSink & {
  /** The camera is lost. `retryAtMs` (epoch) is absent when there will be no automatic attempt. */
  lost(error: GatewayError, retryAtMs: number | undefined): void;
};

export type SubscribeOptions = {
  /** Start with the cached group of pictures (`true`, the default), or only with what comes next. */
  readonly replay?: boolean;
  readonly limits?: QueueLimits;
};

/** A picture that can be decoded alone. */
export type KeyFrame = { readonly codec: VideoCodec; readonly unit: AccessUnit };

/** The limit for silence is learnt while pictures come, so it is checked again after this time at most. */
const LOOK_EVERY_MS = 1000;

/** One quality of one camera: its tracks, its state, its current group of pictures and its consumers. */
export class Stream {
  readonly key: string;
  readonly counts = { videoUnits: 0, audioUnits: 0, bytes: 0, undecodable: 0 };
  readonly #clock: Clock;
  readonly #group = new GopCache();
  readonly #subscriptions = new Set<Subscription>();
  readonly #stateListeners = new Set<(state: StreamState) => void>();
  #tracks: readonly TrackInfo[] = [];
  #state: StreamState = { phase: 'idle' };
  #timelineOffsetUs = 0;
  #needsRebase = false;
  #lastPtsUs = 0;
  #lastVideoUs = 0;
  #hasKeyframe = false;
  #lastKeyFrame: KeyFrame | undefined;
  /** Concerns the present connection. */
  #lastKeyPtsUs: number | undefined;
  #longestKeyIntervalMs = 0;
  readonly #cadence = new PictureCadence();
  readonly #knock: () => Promise<boolean> | undefined;
  #cancelStallCheck: (() => void) | undefined;

  /** `knock` checks whether a silent camera can be reached. Undefined when that cannot be checked. */
  constructor(key: string, clock: Clock, knock: () => Promise<boolean> | undefined = () => undefined) {
    this.key = key;
    this.#clock = clock;
    this.#knock = knock;
  }

  /** The side that a source writes to. */
  readonly sink: StreamSink = {
    tracks: (tracks) => this.#setTracks(tracks),
    publish: (unit) => this.#publish(unit),
    step: (step) => this.#step(step),
    lost: (error, retryAtMs) => this.#lost(error, retryAtMs),
  };

  /** Empty until the source has connected once. The parameter sets are those of the newest key frame. */
  get tracks(): readonly TrackInfo[] {
    return this.#tracks;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** The age of the newest picture on our monotonic clock. Undefined before the first picture. */
  get pictureAgeMs(): number | undefined {
    return this.#lastVideoUs === 0 ? undefined : (this.#clock.nowUs() - this.#lastVideoUs) / 1000;
  }

  /** The camera counts as silent after this long without a picture. The supervisor gives the connection up later. */
  get silenceLimitMs(): number {
    return this.#cadence.limitMs;
  }

  /** The newest key frame of this camera, kept after it went away, to be shown while there is nothing else. */
  get lastKeyFrame(): KeyFrame | undefined {
    return this.#lastKeyFrame;
  }

  /** The newest key frame of the present connection. */
  get keyFrame(): KeyFrame | undefined {
    return this.#hasKeyframe ? this.#lastKeyFrame : undefined;
  }

  /** Must be called when this id now means another camera. */
  forgetPicture(): void {
    this.#lastKeyFrame = undefined;
    this.#longestKeyIntervalMs = 0;
  }

  /** Every subscriber gets the same, whenever it subscribes: the current group of pictures and then new units. */
  subscribe(consumer: StreamConsumer, options: SubscribeOptions = {}): Subscription {
    const replay = options.replay ?? true;
    const missed = replay ? this.#group.units() : [];
    const subscription = new Subscription(consumer, options.limits ?? DEFAULT_QUEUE_LIMITS, true, (gone) =>
      this.#subscriptions.delete(gone),
    );
    this.#subscriptions.add(subscription);
    consumer.state?.(this.#state);
    if (this.#tracks.length > 0) subscription.setTracks(this.#tracks);
    consumer.missed?.(missed);
    subscription.replay(missed, (unit) => this.#isVideo(unit));
    return subscription;
  }

  onState(listener: (state: StreamState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  #step(step: ConnectStep): void {
    const state = this.#state;
    if (state.phase === 'live' || state.phase === 'stalled') return;
    if (state.phase === 'offline') {
      // The state stays offline until a picture proves that the camera works.
      const { retryAtMs: _, ...rest } = state;
      this.#setState({ ...rest, step });
      return;
    }
    if (state.phase === 'starting' && state.step === step) return;
    const keyFrameIntervalMs = this.#longestKeyIntervalMs;
    const isKnown = step === 'waiting-for-key-frame' && keyFrameIntervalMs > 0;
    const sinceMs = this.#clock.wallMs();
    this.#setState({ phase: 'starting', step, sinceMs, ...(isKnown ? { keyFrameIntervalMs } : {}) });
  }

  /** A source connected or changed its tracks. The following units start at a key frame, later on the same timeline. */
  #setTracks(tracks: readonly TrackInfo[]): void {
    this.#tracks = tracks;
    this.#hasKeyframe = !tracks.some((track) => track.kind === 'video');
    this.#needsRebase = true;
    this.#lastKeyPtsUs = undefined;
    this.#cadence.interrupt();
    this.#group.clear();
    for (const subscription of this.#subscriptions) {
      subscription.requireKeyframe();
      subscription.setTracks(tracks);
    }
  }

  #publish(unit: AccessUnit): void {
    const isVideo = this.#isVideo(unit);
    this.counts.bytes += unitBytes(unit);
    if (isVideo) this.counts.videoUnits++;
    else this.counts.audioUnits++;
    if (!this.#hasKeyframe) {
      if (!isVideo) return;
      if (!unit.keyframe) {
        this.counts.undecodable++;
        this.#step('waiting-for-key-frame');
        return;
      }
      this.#hasKeyframe = true;
    }
    const placed = this.#place(unit);
    if (isVideo) {
      this.#lastVideoUs = unit.receivedUs;
      this.#cadence.add(unit.receivedUs / 1000);
      if (unit.keyframe) this.#adoptKeyFrame(placed);
    }
    this.#group.add(placed, isVideo);
    for (const subscription of this.#subscriptions) subscription.push(placed, isVideo);
    // Sound that goes on does not make a still picture live.
    const isSign = isVideo || !this.#tracks.some(({ kind }) => kind === 'video');
    if (isSign && this.#state.phase !== 'live') this.#goLive();
  }

  #lost(error: GatewayError, retryAtMs: number | undefined): void {
    this.#cancelStallCheck?.();
    const sinceMs = this.#state.phase === 'offline' ? this.#state.sinceMs : this.#clock.wallMs();
    this.#setState({
      phase: 'offline',
      code: error.code,
      message: error.message,
      sinceMs,
      ...(retryAtMs === undefined ? {} : { retryAtMs }),
    });
  }

  /** Called when nobody watches any more and the linger is over. Returns to the state before the first viewer. */
  rest(): void {
    this.#cancelStallCheck?.();
    this.#group.clear();
    this.#hasKeyframe = false;
    this.#lastVideoUs = 0;
    this.#setState({ phase: 'idle' });
  }

  end(error: GatewayError): void {
    this.#cancelStallCheck?.();
    for (const subscription of [...this.#subscriptions]) {
      subscription.close();
      subscription.consumer.ended?.(error);
    }
    this.#stateListeners.clear();
    this.#group.clear();
  }

  #isVideo(unit: AccessUnit): boolean {
    return this.#tracks[unit.track]?.kind === 'video';
  }

  /** Puts the unit on the stream's own timeline, which continues across reconnects. */
  #place(unit: AccessUnit): AccessUnit {
    if (this.#needsRebase) {
      this.#needsRebase = false;
      const gapUs = this.#lastVideoUs === 0 ? 0 : Math.max(unit.receivedUs - this.#lastVideoUs, 1000);
      this.#timelineOffsetUs = this.#lastPtsUs + gapUs - unit.ptsUs;
    }
    const ptsUs = Math.max(unit.ptsUs + this.#timelineOffsetUs, 0);
    if (ptsUs > this.#lastPtsUs) this.#lastPtsUs = ptsUs;
    return ptsUs === unit.ptsUs ? unit : { ...unit, ptsUs };
  }

  #adoptKeyFrame(unit: AccessUnit): void {
    const track = this.#tracks[unit.track];
    if (track?.kind !== 'video') return;
    this.#lastKeyFrame = { codec: track.codec, unit };
    const intervalMs = Math.round((unit.ptsUs - (this.#lastKeyPtsUs ?? unit.ptsUs)) / 1000);
    this.#longestKeyIntervalMs = Math.max(this.#longestKeyIntervalMs, intervalMs);
    this.#lastKeyPtsUs = unit.ptsUs;
    const sets = leadingParameterSets(track.codec, unit.payload);
    if (sets.length === 0 || sameParameterSets(sets, track.parameterSets)) return;
    this.#tracks = this.#tracks.map((other, index) =>
      index === unit.track ? { ...track, parameterSets: sets } : other,
    );
    for (const subscription of this.#subscriptions) {
      subscription.requireKeyframe();
      subscription.setTracks(this.#tracks);
    }
  }

  #goLive(): void {
    this.#setState({ phase: 'live', sinceMs: this.#clock.wallMs() });
    this.#watchForSilence();
  }

  /** A stream without pictures has no usual interval to compare with. */
  #watchForSilence(): void {
    this.#cancelStallCheck?.();
    const silentMs = this.pictureAgeMs ?? 0;
    const leftMs = this.silenceLimitMs - silentMs;
    if (leftMs <= 0) {
      this.#fallSilent(this.#clock.wallMs() - Math.round(silentMs));
      return;
    }
    this.#cancelStallCheck = this.#clock.after(Math.ceil(Math.min(leftMs, LOOK_EVERY_MS)), () =>
      this.#watchForSilence(),
    );
  }

  #fallSilent(sinceMs: number): void {
    const knocked = this.#knock();
    const silent: StreamState = { phase: 'stalled', sinceMs, ...(knocked && { cause: 'being-found-out' }) };
    this.#setState(silent);
    void knocked?.then((isThere) => {
      if (this.#state === silent) this.#setState({ ...silent, cause: isThere ? 'camera' : 'uplink' });
    });
  }

  #setState(state: StreamState): void {
    this.#state = state;
    for (const subscription of this.#subscriptions) subscription.consumer.state?.(state);
    for (const listener of this.#stateListeners) listener(state);
  }
}
