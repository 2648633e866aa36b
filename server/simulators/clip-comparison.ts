import type { VideoCodec } from '../../shared/camera.ts';
import { splitAnnexB } from '../media/video/annex-b.ts';
import { h264NalType, isH264Slice } from '../media/video/h264.ts';
import { h265NalType, isH265Slice } from '../media/video/h265.ts';
import type { VideoClip } from './clip.ts';

/** The slices of a byte stream, which identify a picture. Parameter sets, delimiters and SEI may differ and are left out. */
export function slicesOf(codec: VideoCodec, nals: readonly Uint8Array[]): Uint8Array[] {
  return nals.filter((nal) => (codec === 'h264' ? isH264Slice(h264NalType(nal)) : isH265Slice(h265NalType(nal))));
}

/**
 * The numbers of the clip's frames that a byte stream contains, compared bit by bit; -1 for a picture that is not in the clip.
 * It works for clips with one slice per picture.
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
