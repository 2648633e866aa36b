import type { ErrorCode } from '../../shared/error-code.ts';
import type { ProbeReport, ProbeSuggestion } from '../../shared/probe-report.ts';
import { videoFacts } from '../media/video/video-facts.ts';
import type { Observation } from './stream-observer.ts';

type Video = NonNullable<ProbeReport['video']>;

const LONG_KEY_FRAME_INTERVAL_MS = 4500;
const LARGE_WIDTH = 1920;
/** A shorter probe says nothing about the camera's clock. */
const MIN_DRIFT_LOOK_US = 4_000_000;

/** Makes the report card from what was seen. `url` contains no credentials. */
export function reportCard(
  url: string,
  seen: Observation,
  more: { substream?: ProbeReport['substream']; error?: { code: ErrorCode; message: string }; transport?: string } = {},
): ProbeReport {
  const video = describeVideo(seen);
  const audio = seen.tracks.find((track) => track.kind === 'audio');
  const drift = clockDriftPpm(seen);
  const report: ProbeReport = {
    url,
    steps: seen.steps,
    totalMs: seen.totalMs,
    ...(more.transport ? { transport: more.transport } : {}),
    ...(video ? { video } : {}),
    ...(audio?.kind === 'audio'
      ? { audio: { codec: audio.codec, sampleRateHz: audio.sampleRateHz, channels: audio.channels } }
      : {}),
    ...(drift === undefined ? {} : { clockDriftPpm: drift }),
    ...(more.substream ? { substream: more.substream } : {}),
    suggestions: [],
    ...(more.error ? { error: more.error } : {}),
  };
  return { ...report, suggestions: more.error ? [] : suggest(report) };
}

function describeVideo(seen: Observation): Video | undefined {
  if (!seen.videoCodec) return undefined;
  const facts = videoFacts(seen.videoCodec, seen.parameterSets);
  const keys = seen.video.filter((sample) => sample.keyframe);
  const [first, second] = keys;
  const last = seen.video.at(-1);
  const spanUs = seen.video.length > 1 && last ? last.ptsUs - (seen.video[0]?.ptsUs ?? 0) : 0;
  const bytes = seen.video.reduce((sum, sample) => sum + sample.bytes, 0);
  const reordered = seen.video.some((sample, index) => index > 0 && sample.ptsUs < (seen.video[index - 1]?.ptsUs ?? 0));
  const hasBFrames = reordered ? true : facts?.hasBFrames;
  return {
    codec: seen.videoCodec,
    ...(facts
      ? {
          codecString: facts.codecString,
          profile: facts.profile,
          level: facts.level,
          width: facts.width,
          height: facts.height,
        }
      : {}),
    ...(spanUs > 500_000
      ? {
          fps: Math.round(((seen.video.length - 1) * 1e7) / spanUs) / 10,
          bitrateKbps: Math.round((bytes * 8000) / spanUs),
        }
      : {}),
    ...(first && second ? { keyFrameIntervalMs: Math.round((second.ptsUs - first.ptsUs) / 1000) } : {}),
    ...(hasBFrames === undefined ? {} : { hasBFrames }),
  };
}

/** How fast the camera's clock runs compared to ours, by least squares over the times of the pictures seen. */
export function clockDriftPpm(seen: Pick<Observation, 'video'>): number | undefined {
  const first = seen.video[0];
  const last = seen.video.at(-1);
  if (!first || !last || last.receivedUs - first.receivedUs < MIN_DRIFT_LOOK_US) return undefined;
  const xs = seen.video.map((sample) => sample.receivedUs - first.receivedUs);
  const ys = seen.video.map((sample) => sample.ptsUs - first.ptsUs);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, x, i) => sum + (x - mx) * ((ys[i] ?? 0) - my), 0);
  const variance = xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
  return Math.round((covariance / variance - 1) * 1e6);
}

/** What people should change in the camera or here. The worst problem comes first. */
function suggest({ video, audio, substream }: ProbeReport): ProbeSuggestion[] {
  const found: ProbeSuggestion[] = [];
  const say = (severity: ProbeSuggestion['severity'], code: string, message: string): void =>
    void found.push({ severity, code, message });
  if (video?.hasBFrames) {
    say(
      'warning',
      'b-frames',
      'This stream uses B-frames, which WebRTC cannot show. Choose the Baseline or Main profile without B-frames in the camera; until then it plays with more delay.',
    );
  }
  if (video?.codec === 'h265') {
    say(
      'warning',
      'h265',
      'This stream is H.265, which not every browser plays. Choose H.264 for one of the two streams in the camera and every browser shows it.',
    );
  }
  if (video?.keyFrameIntervalMs !== undefined && video.keyFrameIntervalMs > LONG_KEY_FRAME_INTERVAL_MS) {
    const seconds = (video.keyFrameIntervalMs / 1000).toFixed(0);
    say(
      'info',
      'long-key-frame-interval',
      `The camera sends a whole picture only every ${seconds} s. A key-frame interval of 2 s makes the first picture after a pause come sooner.`,
    );
  }
  if (!substream && (video?.width ?? 0) >= LARGE_WIDTH) {
    say(
      'info',
      'no-substream',
      'No smaller stream is known. With one, a grid of many cameras needs far less bandwidth; look for “sub stream” in the camera.',
    );
  }
  if (audio?.codec === 'aac') {
    say(
      'info',
      'aac',
      'The sound is AAC, which WebRTC does not carry. With ffmpeg installed Oriel converts it while somebody listens; G.711 or Opus in the camera needs no conversion.',
    );
  }
  if (!audio) say('info', 'no-sound', 'This camera sends no sound.');
  return found;
}
