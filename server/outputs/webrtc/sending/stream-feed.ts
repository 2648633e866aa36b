import { awaitCamera } from '../../../hub/camera-wait.ts';
import type { Stream } from '../../../hub/stream.ts';
import type { StreamConsumer, Subscription } from '../../../hub/subscription.ts';
import type { AccessUnit, AudioTrack, TrackInfo, VideoTrack } from '../../../media/access-unit.ts';
import { RtpPacketizer } from '../../../media/rtp/rtp-packetizer.ts';
import type { Clock } from '../../../platform/clock.ts';
import { GatewayError } from '../../../platform/errors.ts';
import { type AacToOpus, OPUS_TRACK } from '../../transcode/aac-to-opus.ts';
import type { AllocatePacketMemory } from '../native/packet-memory.ts';
import { bFramesError, hasBFrames } from '../negotiation/codec-choice.ts';
import { AudioPackets } from './audio-packets.ts';
import type { AudioPacket } from './audio-sender.ts';
import { CameraTimeline } from './camera-timeline.ts';
import { MAX_PAYLOAD_BYTES, type PacketizedUnit, PayloadHistory } from './payload-history.ts';

/** Presentation times that step back this often mean B-frames. Once or twice means that the camera's clock was set. */
const REORDERED_UNITS = 3;

/** What a feed does for each of its viewers. All calls are synchronous and must not throw. */
export type FeedReader = {
  video(unit: PacketizedUnit): void;
  audio(packet: AudioPacket): void;
  /** This viewer cannot be served any more. */
  end(reason: GatewayError): void;
};

export type FeedTracks = { readonly video?: VideoTrack; readonly audio?: AudioTrack };

/** One stream as RTP payloads, packetised once for all WebRTC viewers. It lives as long as it has viewers. */
export class StreamFeed implements StreamConsumer {
  readonly timeline = new CameraTimeline();
  readonly #clock: Clock;
  readonly #stream: Stream;
  readonly #allocate: AllocatePacketMemory;
  readonly #audio: AudioPackets;
  readonly #viewers = new Set<FeedReader>();
  /** Converts AAC, which WebRTC does not support, into Opus. Absent when that is not possible. */
  readonly #opus: Pick<AacToOpus, 'listen'> | undefined;
  readonly #listeners = new Set<FeedReader>();
  #stopListening: (() => void) | undefined;
  #history: PayloadHistory | undefined;
  #codec: VideoTrack['codec'] | undefined;
  #tracks: readonly TrackInfo[] = [];
  #subscription: Subscription | undefined;
  #lastPtsUs = Number.NEGATIVE_INFINITY;
  #reordered = 0;

  constructor(stream: Stream, clock: Clock, allocate: AllocatePacketMemory, opus?: Pick<AacToOpus, 'listen'>) {
    this.#stream = stream;
    this.#clock = clock;
    this.#allocate = allocate;
    this.#opus = opus;
    this.#audio = new AudioPackets(allocate);
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** See `Stream`. */
  get silenceLimitMs(): number {
    return this.#stream.silenceLimitMs;
  }

  /** It exists as soon as the tracks name a video codec. */
  get history(): PayloadHistory | undefined {
    return this.#history;
  }

  add(viewer: FeedReader): void {
    this.#viewers.add(viewer);
    this.#subscription ??= this.#stream.subscribe(this);
  }

  /** Called for a viewer that also gets the sound. AAC is converted to Opus while there is at least one. */
  listen(viewer: FeedReader): void {
    this.#listeners.add(viewer);
    this.#stopListening ??= this.#opus?.listen((unit) => this.#takeAudio(OPUS_TRACK, unit));
  }

  /** Returns true when no viewer is left. */
  remove(viewer: FeedReader): boolean {
    this.#viewers.delete(viewer);
    if (this.#listeners.delete(viewer) && this.#listeners.size === 0) {
      this.#stopListening?.();
      this.#stopListening = undefined;
    }
    if (this.#viewers.size > 0) return false;
    this.#subscription?.close();
    this.#subscription = undefined;
    return true;
  }

  /** The tracks as soon as they are known, which is at once when the camera ran before. Rejects as `awaitCamera` does. */
  async whenTracksKnown(signal: AbortSignal): Promise<FeedTracks> {
    const look = (): true | undefined => this.#tracks.length > 0 || undefined;
    await awaitCamera(this.#stream, { clock: this.#clock, signal, look });
    const video = this.#tracks.find((track) => track.kind === 'video');
    const sound = this.#tracks.find((track) => track.kind === 'audio');
    const audio = sound?.codec === 'aac' && this.#opus ? OPUS_TRACK : sound;
    if (this.#reordered >= REORDERED_UNITS || (video && hasBFrames(video))) throw bFramesError();
    return { ...(video ? { video } : {}), ...(audio ? { audio } : {}) };
  }

  tracks(tracks: readonly TrackInfo[]): void {
    this.#tracks = tracks;
    this.#lastPtsUs = Number.NEGATIVE_INFINITY;
    const video = tracks.find((track) => track.kind === 'video');
    if (video?.codec !== this.#codec) this.#changeCodec(video?.codec);
    if (video && hasBFrames(video)) this.#endAll(bFramesError());
    this.#history?.forgetGroup();
  }

  unit(unit: AccessUnit): boolean {
    const track = this.#tracks[unit.track];
    this.timeline.observe(unit.ptsUs, unit.receivedUs);
    if (track?.kind === 'video') this.#takeVideo(unit);
    else if (track?.kind === 'audio' && track.codec !== 'aac') this.#takeAudio(track, unit);
    return true;
  }

  ended(error: GatewayError): void {
    this.#endAll(error);
  }

  #takeVideo(unit: AccessUnit): void {
    if (unit.ptsUs < this.#lastPtsUs && ++this.#reordered === REORDERED_UNITS) this.#endAll(bFramesError());
    this.#lastPtsUs = unit.ptsUs;
    const added = this.#history?.add(unit);
    if (added) for (const viewer of this.#viewers) viewer.video(added);
  }

  #takeAudio(track: AudioTrack, unit: AccessUnit): void {
    for (const packet of this.#audio.packetsOf(track, unit)) for (const viewer of this.#viewers) viewer.audio(packet);
  }

  /** Ends the viewers, because their payload types were chosen for the old codec. */
  #changeCodec(codec: VideoTrack['codec'] | undefined): void {
    const hadCodec = this.#codec !== undefined;
    this.#codec = codec;
    this.#reordered = 0;
    this.#history = codec && new PayloadHistory(new RtpPacketizer(codec, MAX_PAYLOAD_BYTES), this.#allocate);
    if (hadCodec) this.#endAll(new GatewayError('camera-closed', 'The camera changed its video codec. Connect again.'));
  }

  #endAll(reason: GatewayError): void {
    for (const viewer of [...this.#viewers]) viewer.end(reason);
  }
}
