import type { VideoCodec } from '../../shared/camera.ts';
import { splitAnnexB } from '../media/video/annex-b.ts';
import { h264NalType, isH264Slice } from '../media/video/h264.ts';
import { h265NalType, isH265Slice } from '../media/video/h265.ts';
import type { VideoClip } from './clip.ts';

/** The slices of a byte stream, by which one picture is told from another; parameter sets, delimiters and SEI come and go. */
export function slicesOf(codec: VideoCodec, nals: readonly Uint8Array[]): Uint8Array[] {
  return nals.filter((nal) => (codec === 'h264' ? isH264Slice(h264NalType(nal)) : isH265Slice(h265NalType(nal))));
}

/**
 * Which frames of the clip a byte stream shows, by its bits: numbers of frames, -1 for what is none of the clip's. For clips
 * with one slice to a picture.
 */
export function recognizeFrames(clip: VideoClip, byteStream: Uint8Array): number[] {
  const known = new Map(
    clip.frames.map((frame, number) => [slicesOf(clip.codec, frame.nals).map(keyOf).join(), number]),
  );
  return slicesOf(clip.codec, splitAnnexB(byteStream)).map((slice) => known.get(keyOf(slice)) ?? -1);
}

function keyOf(nal: Uint8Array): string {
  return Buffer.from(nal.buffer, nal.byteOffset, nal.length).toString('latin1');
}
