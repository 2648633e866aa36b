import type { SourceRunner } from '../../../hub/hub.ts';
import type { TrackInfo } from '../../../media/access-unit.ts';
import { systemClock } from '../../../platform/clock.ts';

type LoopedPicture = {
  readonly codec: 'h264' | 'h265';
  readonly fps: number;
  readonly parameterSets: readonly Uint8Array[];
  readonly frames: readonly { readonly keyframe: boolean; readonly nals: readonly Uint8Array[] }[];
};
type LoopedSound = {
  readonly track: TrackInfo & { readonly kind: 'audio' };
  readonly samplesPerFrame: number;
  readonly frames: readonly Uint8Array[];
};

/** A camera without a network. It publishes a clip again and again by the clock, beginning with frame 0. */
export function loopedCamera(picture: LoopedPicture, sound?: LoopedSound): SourceRunner {
  return {
    retryNow: () => false,
    run: (sink, signal) =>
      new Promise((resolve) => {
        const startedUs = systemClock.nowUs();
        const video: TrackInfo = { kind: 'video', codec: picture.codec, parameterSets: picture.parameterSets };
        sink.tracks(sound ? [video, sound.track] : [video]);
        const soundUs = sound ? (sound.samplesPerFrame * 1e6) / sound.track.sampleRateHz : Number.POSITIVE_INFINITY;
        let pictures = 0;
        let sounds = 0;
        const timer = setInterval(() => {
          const receivedUs = systemClock.nowUs();
          for (; (pictures * 1e6) / picture.fps <= receivedUs - startedUs; pictures++) {
            const frame = picture.frames[pictures % picture.frames.length];
            if (!frame) continue;
            const ptsUs = Math.round((pictures * 1e6) / picture.fps);
            sink.publish({ track: 0, ptsUs, receivedUs, keyframe: frame.keyframe, payload: frame.nals });
          }
          for (; sounds * soundUs <= receivedUs - startedUs; sounds++) {
            const samples = sound?.frames[sounds % sound.frames.length];
            const ptsUs = Math.round(sounds * soundUs);
            if (samples) sink.publish({ track: 1, ptsUs, receivedUs, keyframe: true, payload: [samples] });
          }
        }, 5);
        signal.addEventListener('abort', () => {
          clearInterval(timer);
          resolve();
        });
      }),
  };
}
