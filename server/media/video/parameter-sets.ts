import type { VideoCodec } from '../../../shared/camera.ts';

const H264_SPS = 7;
const H264_PPS = 8;
const H265_VPS = 32;
const H265_PPS = 34;

export function isParameterSet(codec: VideoCodec, nal: Uint8Array): boolean {
  const first = nal[0] ?? 0;
  if (codec === 'h264') return (first & 31) === H264_SPS || (first & 31) === H264_PPS;
  const type = (first >> 1) & 63;
  return type >= H265_VPS && type <= H265_PPS;
}

/** The parameter sets in front of a key frame's slices. */
export function leadingParameterSets(codec: VideoCodec, payload: readonly Uint8Array[]): readonly Uint8Array[] {
  let count = 0;
  while (count < payload.length && isParameterSet(codec, payload[count] as Uint8Array)) count++;
  return payload.slice(0, count);
}

export function sameParameterSets(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((set, index) => Buffer.compare(set, b[index] as Uint8Array) === 0);
}
