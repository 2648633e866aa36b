import type { VideoCodec } from '../../../shared/camera.ts';
import type { TrackInfo } from '../../media/access-unit.ts';
import { readMp4 } from '../../media/mp4/mp4-reader.ts';
import { noCounts } from '../../media/rtp/rtp-access-unit.ts';
import { AccessUnitAssembler } from '../../media/video/access-unit-assembler.ts';
import { splitAnnexB } from '../../media/video/annex-b.ts';
import { leadingParameterSets } from '../../media/video/parameter-sets.ts';
import { readVideoFormat } from '../../media/video/video-format.ts';
import { GatewayError } from '../../platform/errors.ts';

/** One moment of a clip, on the clip's own time. */
export type ClipUnit = {
  readonly track: number;
  /** When it is shown. */
  readonly timeUs: number;
  /** When it is sent: in the order of the file, never earlier than the unit before. */
  readonly sendUs: number;
  readonly keyframe: boolean;
  readonly payload: readonly Uint8Array[];
};

/** A recording that can go round. */
export type Clip = {
  readonly tracks: readonly TrackInfo[];
  readonly units: readonly ClipUnit[];
  readonly durationUs: number;
};

const USUAL_FPS = 25;

/** A raw H.264 or H.265 byte stream. It holds no times: `fps` is asked first, then its parameter sets. */
export function readAnnexBClip(bytes: Uint8Array, codec: VideoCodec, fps?: number): Clip {
  const frames = assemble(splitAnnexB(bytes), codec);
  const first = frames.findIndex((frame) => frame.keyframe);
  if (first === -1) throw new GatewayError('bad-data', 'The clip holds no key frame.');
  const parameterSets = leadingParameterSets(codec, (frames[first] as (typeof frames)[number]).payload);
  const told = readVideoFormat(codec, parameterSets).sps.framesPerSecond;
  const frameUs = 1_000_000 / (fps ?? told ?? USUAL_FPS);
  const units = frames.slice(first).map(({ keyframe, payload }, index) => {
    const timeUs = Math.round(index * frameUs);
    return { track: 0, timeUs, sendUs: timeUs, keyframe, payload };
  });
  const durationUs = Math.round(units.length * frameUs);
  return { tracks: [{ kind: 'video', codec, parameterSets }], units, durationUs };
}

/** An MP4 keeps its own times, whatever order its pictures are shown in. */
export function readMp4Clip(bytes: Uint8Array): Clip {
  const { tracks, units } = readMp4(bytes);
  const first = units.find((unit) => unit.track === 0 && unit.keyframe);
  if (!first) throw new GatewayError('bad-data', 'The clip holds no key frame.');
  const playable = units.filter((unit) => unit.decodeUs >= first.decodeUs);
  const clipUnits = playable.map(({ track, keyframe, payload, decodeUs, presentationUs }) => {
    const times = { timeUs: presentationUs - first.decodeUs, sendUs: decodeUs - first.decodeUs };
    return { track, keyframe, payload, ...times };
  });
  const durationUs = durationOf(clipUnits);
  return { tracks, units: clipUnits.filter((unit) => unit.sendUs < durationUs), durationUs };
}

/** The last picture lasts as long as pictures usually do. */
function durationOf(units: readonly ClipUnit[]): number {
  const pictures = units.filter((unit) => unit.track === 0);
  const lastUs = pictures.at(-1)?.sendUs ?? 0;
  const usualUs = pictures.length > 1 ? lastUs / (pictures.length - 1) : 1_000_000 / USUAL_FPS;
  return Math.round(lastUs + usualUs);
}

function assemble(nals: readonly Uint8Array[], codec: VideoCodec) {
  const assembler = new AccessUnitAssembler(codec, [], noCounts());
  for (const nal of nals) assembler.push(nal, 0, 0);
  assembler.marker();
  return assembler.take();
}
