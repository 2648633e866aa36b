import { childBox, mp4Boxes } from '../media/mp4/mp4-box-reader.ts';
import { readTrackFragment } from '../media/mp4/mp4-fragment-reader.ts';
import { VIDEO_TRACK_ID } from '../media/mp4/mp4-track.ts';

export type ToldSample = {
  track: number;
  decodeTicks: number;
  durationTicks: number;
  presentationTicks: number;
  first: number;
};

/** A picture or a piece of sound that a reader finds in fMP4. `first` is the first byte of its data. */
export function samplesIn(pieces: readonly Uint8Array[]): ToldSample[] {
  const bytes = Buffer.concat(pieces);
  let at = 0;
  return [...mp4Boxes(new DataView(bytes.buffer, bytes.byteOffset, bytes.length))].flatMap(({ type, content }) => {
    const moofAt = at;
    at += content.byteLength + 8;
    if (type !== 'moof') return [];
    return [...mp4Boxes(content)].flatMap((box) => {
      if (box.type !== 'traf') return [];
      const { trackId, samples } = readTrackFragment(box.content, moofAt, new Map());
      // One sample per run with its own duration, as our muxer writes pictures.
      const durationTicks = childBox(box.content, 'trun')?.getUint32(12) ?? 0;
      return samples.map((sample) => ({
        track: trackId,
        decodeTicks: sample.decodeTicks,
        durationTicks,
        presentationTicks: sample.presentationTicks,
        first: bytes[sample.offset + (trackId === VIDEO_TRACK_ID ? 4 : 0)] as number,
      }));
    });
  });
}
