import type { SourceSink } from '../../hub/source.ts';
import type { TrackInfo } from '../../media/access-unit.ts';
import { splitAnnexB } from '../../media/video/annex-b.ts';
import { H264_NAL, h264NalType } from '../../media/video/h264.ts';
import { isParameterSet } from '../../media/video/parameter-sets.ts';
import type { KasaPart } from '../../protocols/kasa/stream-part.ts';
import { KasaTimeline } from '../../protocols/kasa/timeline.ts';

const AUDIO_TRACK: TrackInfo = { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 };
const VIDEO = 0;
const AUDIO = 1;
/** WebRTC's packet of G.711: the camera's 60 ms are cut into three. */
const SAMPLES_PER_UNIT = 160;
const US_PER_SAMPLE = 125;

/** Turns parts into access units: one video part is one picture. */
export class KasaPictures {
  readonly #sink: SourceSink;
  readonly #timeline = new KasaTimeline();
  #parameterSets: readonly Uint8Array[] = [];
  #announced: 'nothing' | 'video' | 'video and audio' = 'nothing';
  #heardAudio = false;

  constructor(sink: SourceSink) {
    this.#sink = sink;
  }

  push(part: KasaPart, receivedUs: number): void {
    if (part.kind === 'video') this.#video(part, receivedUs);
    else if (part.kind === 'audio') this.#audio(part, receivedUs);
  }

  #video(part: KasaPart & { kind: 'video' }, receivedUs: number): void {
    const nals = splitAnnexB(part.data).filter((nal) => {
      const type = h264NalType(nal);
      return nal.length > 1 && type !== H264_NAL.accessUnitDelimiter && type !== H264_NAL.sei;
    });
    const sets = nals.filter((nal) => isParameterSet('h264', nal));
    const slices = nals.filter((nal) => !isParameterSet('h264', nal));
    if (sets.length > 0) this.#parameterSets = sets;
    if (slices.length === 0) return;
    const hasIdr = slices.some((nal) => h264NalType(nal) === H264_NAL.idr);
    const keyframe = hasIdr && this.#parameterSets.length > 0;
    if (keyframe) this.#announce(part.hasAudio || this.#heardAudio);
    if (this.#announced === 'nothing') {
      this.#sink.step('waiting-for-key-frame');
      return;
    }
    this.#sink.publish({
      track: VIDEO,
      ptsUs: this.#timeline.place('video', part.timestampUs, receivedUs),
      receivedUs,
      keyframe,
      payload: keyframe ? [...this.#parameterSets, ...slices] : slices,
    });
  }

  #audio(part: KasaPart & { kind: 'audio' }, receivedUs: number): void {
    this.#heardAudio = true;
    if (this.#announced === 'nothing') return;
    // Models without X-Audio show their sound by sending it; the track comes with the next key frame.
    if (this.#announced === 'video') return;
    const startUs = this.#timeline.place('audio', part.timestampUs, receivedUs);
    for (let at = 0; at < part.data.length; at += SAMPLES_PER_UNIT) {
      this.#sink.publish({
        track: AUDIO,
        ptsUs: startUs + at * US_PER_SAMPLE,
        receivedUs,
        keyframe: true,
        payload: [part.data.subarray(at, at + SAMPLES_PER_UNIT)],
      });
    }
  }

  #announce(hasAudio: boolean | undefined): void {
    const wanted = hasAudio ? 'video and audio' : 'video';
    if (this.#announced === wanted || this.#announced === 'video and audio') return;
    this.#announced = wanted;
    const video: TrackInfo = { kind: 'video', codec: 'h264', parameterSets: this.#parameterSets };
    this.#sink.tracks(hasAudio ? [video, AUDIO_TRACK] : [video]);
  }
}
