import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { VideoCodec } from '../../shared/camera.ts';
import type { AudioTrack } from '../media/access-unit.ts';
import { parseAdtsHeader, serializeAacConfig } from '../media/audio/aac.ts';
import { splitAnnexB } from '../media/video/annex-b.ts';
import { H264_NAL, h264NalType, isH264Slice, startsH264Picture } from '../media/video/h264.ts';
import { H265_NAL, h265NalType, isH265RandomAccess, isH265Slice, startsH265Picture } from '../media/video/h265.ts';
import { isParameterSet } from '../media/video/parameter-sets.ts';
import { GatewayError } from '../platform/errors.ts';

export type ClipFrame = {
  readonly keyframe: boolean;
  /** Parameter sets and slices. Simulators that need delimiters or SEI add them themselves. */
  readonly nals: readonly Uint8Array[];
};

/** A recorded clip that repeats for ever: frame n of its timeline is `frames[n % frames.length]`. */
export type VideoClip = {
  readonly codec: VideoCodec;
  readonly fps: number;
  readonly frames: readonly ClipFrame[];
  /** The parameter sets of the first key frame. */
  readonly parameterSets: readonly Uint8Array[];
};

export type AudioClip = {
  readonly track: AudioTrack;
  readonly samplesPerFrame: number;
  readonly frames: readonly Uint8Array[];
};

type NalKind = { readonly starts: boolean; readonly slice: boolean; readonly key: boolean; readonly dropped: boolean };

const G711_FRAME_SAMPLES = 160;

/** The frame rate of a raw clip is in the clips.json beside it. */
export async function loadVideoClip(file: string, fps?: number): Promise<VideoClip> {
  const codec = codecOf(file);
  return readVideo(codec, await readFile(file), fps ?? (await listedFps(file)));
}

/** The same for a file that may never be played. It is read synchronously when its pictures are first needed. */
export async function lazyVideoClip(file: string): Promise<VideoClip> {
  const codec = codecOf(file);
  const fps = await listedFps(file);
  let read: VideoClip | undefined;
  const clip = () => {
    read ??= readVideo(codec, readFileSync(file), fps);
    return read;
  };
  return {
    codec,
    fps,
    get frames() {
      return clip().frames;
    },
    get parameterSets() {
      return clip().parameterSets;
    },
  };
}

/** `.ulaw` and `.alaw` (8 kHz), `.adts`. */
export async function loadAudioClip(file: string): Promise<AudioClip> {
  const bytes = await readFile(file);
  const extension = path.extname(file);
  if (extension === '.adts' || extension === '.aac') return readAdts(bytes);
  const codec = extension === '.alaw' ? 'pcma' : 'pcmu';
  const frames: Uint8Array[] = [];
  for (let at = 0; at + G711_FRAME_SAMPLES <= bytes.length; at += G711_FRAME_SAMPLES)
    frames.push(bytes.subarray(at, at + G711_FRAME_SAMPLES));
  const track: AudioTrack = { kind: 'audio', codec, sampleRateHz: 8000, channels: 1 };
  return { track, samplesPerFrame: G711_FRAME_SAMPLES, frames };
}

function codecOf(file: string): VideoCodec {
  const extension = path.extname(file);
  if (extension === '.h264' || extension === '.264') return 'h264';
  if (extension === '.h265' || extension === '.265' || extension === '.hevc') return 'h265';
  throw new GatewayError('not-supported', `A clip's name ends in .h264 or .h265, not in ${extension || 'nothing'}.`);
}

function readVideo(codec: VideoCodec, bytes: Uint8Array, fps: number): VideoClip {
  const frames = groupFrames(codec, splitAnnexB(bytes));
  const first = frames.find((frame) => frame.keyframe);
  if (!first) throw new GatewayError('bad-data', 'The clip holds no key frame.');
  return { codec, fps, frames, parameterSets: first.nals.filter((nal) => isParameterSet(codec, nal)) };
}

async function listedFps(file: string): Promise<number> {
  const list = path.join(path.dirname(file), 'clips.json');
  const clips = JSON.parse(await readFile(list, 'utf8')) as readonly { file: string; fps: number }[];
  const entry = clips.find((clip) => clip.file === path.basename(file));
  if (!entry) throw new GatewayError('not-found', `The clip ${path.basename(file)} is not listed in clips.json.`);
  return entry.fps;
}

function groupFrames(codec: VideoCodec, nals: readonly Uint8Array[]): ClipFrame[] {
  const frames: { keyframe: boolean; nals: Uint8Array[]; hasSlice: boolean }[] = [];
  const classify = codec === 'h264' ? h264Kind : h265Kind;
  for (const nal of nals) {
    const kind = classify(nal);
    let frame = frames[frames.length - 1];
    if (!frame || (frame.hasSlice && (kind.starts || !kind.slice))) {
      frame = { keyframe: false, nals: [], hasSlice: false };
      frames.push(frame);
    }
    if (kind.dropped) continue;
    frame.nals.push(nal);
    frame.hasSlice ||= kind.slice;
    frame.keyframe ||= kind.key;
  }
  return frames.filter((frame) => frame.hasSlice);
}

function h264Kind(nal: Uint8Array): NalKind {
  const type = h264NalType(nal);
  const slice = isH264Slice(type);
  return {
    slice,
    starts: slice && startsH264Picture(nal),
    key: type === H264_NAL.idr,
    dropped: type === H264_NAL.accessUnitDelimiter || type === H264_NAL.sei,
  };
}

function h265Kind(nal: Uint8Array): NalKind {
  const type = h265NalType(nal);
  const slice = isH265Slice(type);
  return {
    slice,
    starts: slice && startsH265Picture(nal),
    key: isH265RandomAccess(type),
    dropped: type >= H265_NAL.accessUnitDelimiter,
  };
}

function readAdts(bytes: Uint8Array): AudioClip {
  const frames: Uint8Array[] = [];
  let at = 0;
  let header = parseAdtsHeader(bytes);
  if (!header) throw new GatewayError('bad-data', 'The clip holds no AAC frame.');
  const { sampleRateHz, channels, samplesPerFrame } = header;
  const config = serializeAacConfig(header);
  while (header && at + header.frameBytes <= bytes.length) {
    frames.push(bytes.subarray(at + header.headerBytes, at + header.frameBytes));
    at += header.frameBytes;
    header = parseAdtsHeader(bytes.subarray(at));
  }
  return { track: { kind: 'audio', codec: 'aac', sampleRateHz, channels, config }, samplesPerFrame, frames };
}
