import type { TrackSummary, VideoCodec } from '../../../shared/camera.ts';
import type { TrackInfo } from '../access-unit.ts';
import { H264_NAL, h264NalType } from './h264.ts';
import { parseH264Sps } from './h264-sps.ts';
import { H265_NAL, h265NalType } from './h265.ts';
import { parseH265Sps } from './h265-sps.ts';

/** What the parameter sets say about a picture, in the words of people and of browsers. */
export type VideoFacts = {
  readonly codecString: string;
  /** The name of the profile, such as Baseline, Main or High. */
  readonly profile: string;
  /** The level as data sheets write it, such as 4.1. */
  readonly level: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond?: number;
  readonly hasBFrames?: boolean;
};

const H264_PROFILES: Readonly<Record<number, string>> = {
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4',
};
const H265_PROFILES: Readonly<Record<number, string>> = {
  1: 'Main',
  2: 'Main 10',
  3: 'Main Still Picture',
  4: 'Range Extensions',
};

/** Undefined when there is no parameter set that can be read. */
export function videoFacts(codec: VideoCodec, parameterSets: readonly Uint8Array[]): VideoFacts | undefined {
  try {
    return codec === 'h264' ? h264Facts(parameterSets) : h265Facts(parameterSets);
  } catch {
    return undefined; // A damaged parameter set says nothing; the next key frame brings another.
  }
}

function h264Facts(parameterSets: readonly Uint8Array[]): VideoFacts | undefined {
  const nal = parameterSets.find((set) => h264NalType(set) === H264_NAL.sps);
  if (!nal) return undefined;
  const sps = parseH264Sps(nal);
  const isConstrained = sps.profileIdc === 66 && (sps.constraintFlags & 0x40) !== 0;
  const profile = H264_PROFILES[sps.profileIdc] ?? `profile ${sps.profileIdc}`;
  return facts(sps, isConstrained ? 'Constrained Baseline' : profile, sps.levelIdc / 10);
}

function h265Facts(parameterSets: readonly Uint8Array[]): VideoFacts | undefined {
  const nal = parameterSets.find((set) => h265NalType(set) === H265_NAL.sps);
  if (!nal) return undefined;
  const sps = parseH265Sps(nal);
  const { profileIdc, levelIdc } = sps.profile;
  return facts(sps, H265_PROFILES[profileIdc] ?? `profile ${profileIdc}`, levelIdc / 30);
}

function facts(
  sps: { codecString: string; width: number; height: number; framesPerSecond?: number; hasBFrames?: boolean },
  profile: string,
  level: number,
): VideoFacts {
  return {
    codecString: sps.codecString,
    profile,
    level: level.toFixed(1),
    width: sps.width,
    height: sps.height,
    ...(sps.framesPerSecond === undefined ? {} : { framesPerSecond: sps.framesPerSecond }),
    ...(sps.hasBFrames === undefined ? {} : { hasBFrames: sps.hasBFrames }),
  };
}

/** A track as the API shows it. */
export function summarizeTrack(track: TrackInfo): TrackSummary {
  if (track.kind === 'audio') {
    const { kind, codec, sampleRateHz, channels } = track;
    return { kind, codec, sampleRateHz, channels };
  }
  const known = videoFacts(track.codec, track.parameterSets);
  return {
    kind: 'video',
    codec: track.codec,
    ...(known ? { width: known.width, height: known.height, codecString: known.codecString } : {}),
    ...(known?.hasBFrames === undefined ? {} : { hasBFrames: known.hasBFrames }),
  };
}
