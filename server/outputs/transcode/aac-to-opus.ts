import type { Logger } from 'pino';
import type { Stream } from '../../hub/stream.ts';
import type { Subscription } from '../../hub/subscription.ts';
import type { AccessUnit, AudioTrack, TrackInfo } from '../../media/access-unit.ts';
import { type AacConfig, parseAacConfig, serializeAdtsHeader } from '../../media/audio/aac.ts';
import { OPUS_RATE_HZ, opusPacketSamples } from '../../media/audio/opus.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { FfmpegOpus } from './ffmpeg-opus.ts';

/** The track that listeners get. */
export const OPUS_TRACK: AudioTrack = { kind: 'audio', codec: 'opus', sampleRateHz: OPUS_RATE_HZ, channels: 2 };

/** How many samples the encoder adds in front (RFC 7845 clause 4.2; libopus in its low-delay mode). */
const ENCODER_DELAY_SAMPLES = 120;
/** A failing ffmpeg is not started again before this time has passed. */
const REST_AFTER_FAILURE_MS = 5000;
/** How many frames whose sound has not come back yet are remembered: a second and a half. */
const MAX_WAITING_TIMES = 64;

/** A stream's AAC as Opus, for viewers that cannot play AAC (WebRTC). ffmpeg only runs while somebody listens. */
export class AacToOpus {
  readonly #stream: Stream;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listeners = new Set<(unit: AccessUnit) => void>();
  #subscription: Subscription | undefined;
  #encoder: FfmpegOpus | undefined;
  #config: AacConfig | undefined;
  #track = -1;
  #restUntilUs = 0;
  /** For each frame, its position in the input in samples of 48 kHz, and its time. */
  #times: { readonly at: number; readonly ptsUs: number }[] = [];
  #samplesIn = 0;
  #samplesOut = 0;

  constructor(stream: Stream, clock: Clock, log: Logger) {
    this.#stream = stream;
    this.#clock = clock;
    this.#log = log;
  }

  /** Units have the number of the camera's own sound track. The returned function stops listening. */
  listen(listener: (unit: AccessUnit) => void): () => void {
    this.#listeners.add(listener);
    this.#subscription ??= this.#stream.subscribe(
      {
        tracks: (tracks) => this.#setTracks(tracks),
        unit: (unit) => {
          if (unit.track === this.#track) this.#push(unit);
          return true;
        },
        ended: () => this.#stop(),
      },
      { replay: false },
    );
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#subscription?.close();
      this.#subscription = undefined;
      this.#stop();
    };
  }

  get isRunning(): boolean {
    return this.#encoder !== undefined;
  }

  #setTracks(tracks: readonly TrackInfo[]): void {
    this.#stop();
    this.#track = tracks.findIndex((track) => track.kind === 'audio' && track.codec === 'aac');
    const found = tracks[this.#track];
    this.#config = found?.kind === 'audio' && found.config ? readableConfig(found.config) : undefined;
  }

  #push(unit: AccessUnit): void {
    const config = this.#config;
    if (!config || this.#clock.nowUs() < this.#restUntilUs) return;
    this.#encoder ??= new FfmpegOpus(
      config,
      (packet) => this.#publish(packet),
      () => this.#failed(),
    );
    for (const frame of unit.payload) {
      if (!this.#encoder.push(frame)) continue;
      this.#times.push({ at: this.#samplesIn, ptsUs: unit.ptsUs });
      if (this.#times.length > MAX_WAITING_TIMES) this.#times.shift();
      this.#samplesIn += (config.samplesPerFrame * OPUS_RATE_HZ) / config.sampleRateHz;
    }
  }

  #publish(packet: Uint8Array): void {
    const at = this.#samplesOut - ENCODER_DELAY_SAMPLES;
    this.#samplesOut += opusPacketSamples(packet);
    while ((this.#times[1]?.at ?? Number.POSITIVE_INFINITY) <= at) this.#times.shift();
    const anchor = this.#times[0];
    if (!anchor) return;
    const ptsUs = Math.max(0, Math.round(anchor.ptsUs + ((at - anchor.at) * 1_000_000) / OPUS_RATE_HZ));
    const unit = { track: this.#track, ptsUs, receivedUs: this.#clock.nowUs(), keyframe: true, payload: [packet] };
    for (const listener of this.#listeners) listener(unit);
  }

  #failed(): void {
    this.#log.warn('ffmpeg stopped turning sound into opus');
    this.#restUntilUs = this.#clock.nowUs() + REST_AFTER_FAILURE_MS * 1000;
    this.#stop();
  }

  #stop(): void {
    this.#encoder?.close();
    this.#encoder = undefined;
    this.#times = [];
    this.#samplesIn = 0;
    this.#samplesOut = 0;
  }
}

/** Undefined for sound that cannot be passed to ffmpeg. */
function readableConfig(bytes: Uint8Array): AacConfig | undefined {
  try {
    const config = parseAacConfig(bytes);
    serializeAdtsHeader(config, 0);
    return config;
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}
