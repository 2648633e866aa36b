import type { ConnectStep, VideoCodec } from '../../shared/camera.ts';
import type { SourceSink } from '../hub/source.ts';
import { type AccessUnit, type TrackInfo, unitBytes } from '../media/access-unit.ts';
import { leadingParameterSets } from '../media/video/parameter-sets.ts';
import type { Clock } from '../platform/clock.ts';

type VideoSample = {
  readonly ptsUs: number;
  readonly receivedUs: number;
  readonly bytes: number;
  readonly keyframe: boolean;
};

/** What a probe has seen of a camera so far. */
export type Observation = {
  readonly steps: readonly { readonly step: ConnectStep; readonly ms: number }[];
  readonly tracks: readonly TrackInfo[];
  readonly video: readonly VideoSample[];
  readonly videoCodec: VideoCodec | undefined;
  readonly newestKeyFrame: AccessUnit | undefined;
  /** The parameter sets of the newest key frame. */
  readonly parameterSets: readonly Uint8Array[];
  readonly audioUnits: number;
  /** The time from the beginning to the first key frame, or until now if none has come. */
  readonly totalMs: number;
};

const MAX_SAMPLES = 3000;

/** A sink that collects facts about the stream and keeps only the newest complete picture. */
export class StreamObserver implements SourceSink {
  readonly #clock: Clock;
  readonly #startedUs: number;
  readonly #onStep: (step: ConnectStep, atMs: number) => void;
  readonly #onPicture: () => void;
  #steps: { step: ConnectStep; atUs: number }[] = [];
  #tracks: readonly TrackInfo[] = [];
  #video: VideoSample[] = [];
  #newestKeyFrame: AccessUnit | undefined;
  #audioUnits = 0;
  #firstKeyUs = 0;
  #keyframes = 0;

  constructor(clock: Clock, onStep: (step: ConnectStep, atMs: number) => void, onPicture: () => void) {
    this.#clock = clock;
    this.#startedUs = clock.nowUs();
    this.#onStep = onStep;
    this.#onPicture = onPicture;
  }

  step(step: ConnectStep): void {
    if (this.#firstKeyUs > 0 || this.#steps.some((known) => known.step === step)) return;
    const atUs = this.#clock.nowUs();
    this.#steps.push({ step, atUs });
    this.#onStep(step, (atUs - this.#startedUs) / 1000);
  }

  tracks(info: readonly TrackInfo[]): void {
    this.#tracks = info;
  }

  publish(unit: AccessUnit): void {
    const track = this.#tracks[unit.track];
    if (track?.kind !== 'video') {
      this.#audioUnits++;
      return;
    }
    if (unit.keyframe) {
      this.#keyframes++;
      this.#newestKeyFrame = unit;
      if (this.#firstKeyUs === 0) this.#firstKeyUs = this.#clock.nowUs();
    } else if (this.#firstKeyUs === 0) this.step('waiting-for-key-frame');
    if (this.#video.length < MAX_SAMPLES) {
      this.#video.push({
        ptsUs: unit.ptsUs,
        receivedUs: unit.receivedUs,
        bytes: unitBytes(unit),
        keyframe: unit.keyframe,
      });
    }
    this.#onPicture();
  }

  get keyframes(): number {
    return this.#keyframes;
  }

  get sinceFirstKeyMs(): number {
    return this.#firstKeyUs === 0 ? 0 : (this.#clock.nowUs() - this.#firstKeyUs) / 1000;
  }

  observation(): Observation {
    const endUs = this.#firstKeyUs || this.#clock.nowUs();
    const video = this.#tracks.find((track) => track.kind === 'video');
    const keyFrame = this.#newestKeyFrame;
    const sets = video && keyFrame ? leadingParameterSets(video.codec, keyFrame.payload) : [];
    return {
      steps: this.#steps.map(({ step, atUs }, index) => ({
        step,
        ms: Math.round(((this.#steps[index + 1]?.atUs ?? endUs) - atUs) / 1000),
      })),
      tracks: this.#tracks,
      video: this.#video,
      videoCodec: video?.codec,
      newestKeyFrame: keyFrame,
      parameterSets: sets.length > 0 ? sets : (video?.parameterSets ?? []),
      audioUnits: this.#audioUnits,
      totalMs: Math.round((endUs - this.#startedUs) / 1000),
    };
  }
}
