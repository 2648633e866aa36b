import type { VideoCodec } from '../../../shared/camera.ts';
import type { AccessUnit, AudioTrack } from '../access-unit.ts';
import { AudioTimeline } from '../audio/audio-timeline.ts';
import { isParameterSet, leadingParameterSets, sameParameterSets } from '../video/parameter-sets.ts';
import { readVideoFormat, type VideoFormat } from '../video/video-format.ts';
import { DecodeTimes } from './decode-times.ts';
import { type Fmp4Run, serializeFragment } from './fmp4-fragment.ts';
import { type InitSegment, serializeInitSegment } from './fmp4-init.ts';
import { canPackageSound, VIDEO_TIMESCALE, videoTicks } from './fmp4-sample-entry.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './mp4-track.ts';

/** One moof and mdat: at most one picture, and the sound that came since the last one. */
export type MediaFragment = {
  readonly bytes: Uint8Array;
  /** The runs of samples in this fragment, in the order of their bytes. */
  readonly runs: readonly Fmp4Run[];
  readonly init: InitSegment;
  /** Decoding can begin here. */
  readonly keyframe: boolean;
  /** False when it holds only sound because the next picture takes long. */
  readonly hasPicture: boolean;
  /** The decode time on the stream's timeline. A fragment without a picture has the time of the picture before it. */
  readonly timeUs: number;
  /** The expected time until the next picture. */
  readonly durationUs: number;
  readonly receivedUs: number;
};

export type Fmp4MuxerOptions = {
  readonly codec: VideoCodec;
  /** When absent, the fragments hold only pictures. */
  readonly audio?: AudioTrack;
  /** The stream's time that becomes zero in the fragments. */
  readonly originUs?: number;
  /** The version of the last init segment of the muxer that this one replaces. */
  readonly versionBefore?: number;
};

/** Sound waits for the next picture to travel with it, but not longer than this. */
const MAX_SOUND_WAIT_US = 100_000;

/** Turns access units into fragments: one for each picture, without delay. */
export class Fmp4Muxer {
  readonly #codec: VideoCodec;
  readonly #audioTrack: AudioTrack | undefined;
  readonly #audio: AudioTimeline | undefined;
  readonly #originUs: number;
  #version: number;
  #format: VideoFormat | undefined;
  #init: InitSegment | undefined;
  #times: DecodeTimes | undefined;
  #sequence = 0;
  #lastTimeUs = 0;

  constructor({ codec, audio, originUs = 0, versionBefore = 0 }: Fmp4MuxerOptions) {
    this.#codec = codec;
    this.#version = versionBefore;
    // Sound that nobody can play must not cost the picture.
    this.#audioTrack = audio && canPackageSound(audio) ? audio : undefined;
    this.#audio = this.#audioTrack && new AudioTimeline(this.#audioTrack, originUs);
    this.#originUs = originUs;
  }

  /** Known from the first key frame on. */
  get init(): InitSegment | undefined {
    return this.#init;
  }

  get format(): VideoFormat | undefined {
    return this.#format;
  }

  /** Throws `bad-data` when a key frame's parameter sets cannot be read. */
  pushVideo(unit: AccessUnit): MediaFragment | undefined {
    if (unit.keyframe) this.#adoptParameterSets(unit);
    if (!this.#times || !this.#init) return undefined;
    const presentationTicks = videoTicks(unit.ptsUs - this.#originUs);
    const { decodeTicks, durationTicks } = this.#times.next(presentationTicks, unit.keyframe);
    const data = unit.keyframe ? unit.payload.filter((nal) => !isParameterSet(this.#codec, nal)) : unit.payload;
    const compositionTicks = presentationTicks - decodeTicks;
    const sample = { data, durationTicks, compositionTicks, sync: unit.keyframe };
    const video: Fmp4Run = { trackId: VIDEO_TRACK_ID, baseTicks: decodeTicks, nalUnits: true, samples: [sample] };
    this.#audio?.pictureReceived(unit.receivedUs, unit.ptsUs);
    const sound = this.#soundRun();
    this.#lastTimeUs = ticksToUs(decodeTicks);
    return this.#fragment(sound ? [video, sound] : [video], unit, ticksToUs(durationTicks));
  }

  pushAudio(unit: AccessUnit): MediaFragment | undefined {
    if (!this.#audio || !this.#init) return undefined;
    this.#audio.push(unit);
    if (this.#audio.waitingUs < MAX_SOUND_WAIT_US) return undefined;
    const sound = this.#soundRun();
    return sound && this.#fragment([sound], unit, 0);
  }

  #adoptParameterSets(unit: AccessUnit): void {
    const sets = leadingParameterSets(this.#codec, unit.payload);
    if (sets.length === 0 || sameParameterSets(sets, this.#format?.parameterSets ?? [])) return;
    this.#format = readVideoFormat(this.#codec, sets);
    const { reorderFrames = 0, framesPerSecond } = this.#format.sps;
    this.#times = new DecodeTimes(VIDEO_TIMESCALE, reorderFrames, framesPerSecond);
    this.#init = serializeInitSegment(++this.#version, this.#format, this.#audioTrack);
  }

  #soundRun(): Fmp4Run | undefined {
    const taken = this.#audio?.take();
    if (!taken) return undefined;
    const samples = taken.samples.map(({ bytes, durationTicks }) => ({
      data: [bytes],
      durationTicks,
      compositionTicks: 0,
      sync: true,
    }));
    return { trackId: AUDIO_TRACK_ID, baseTicks: taken.baseTicks, nalUnits: false, samples };
  }

  #fragment(runs: readonly Fmp4Run[], unit: AccessUnit, durationUs: number): MediaFragment {
    const hasPicture = runs[0]?.trackId === VIDEO_TRACK_ID;
    return {
      bytes: serializeFragment(++this.#sequence, runs),
      runs,
      init: this.#init as InitSegment,
      keyframe: hasPicture && unit.keyframe,
      hasPicture,
      timeUs: this.#lastTimeUs,
      durationUs,
      receivedUs: unit.receivedUs,
    };
  }
}

function ticksToUs(ticks: number): number {
  return Math.round((ticks / VIDEO_TIMESCALE) * 1_000_000);
}
