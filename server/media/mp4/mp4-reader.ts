import { GatewayError } from '../../platform/errors.ts';
import type { TrackInfo } from '../access-unit.ts';
import { childBox, childBoxes, mp4Boxes, readUint64, subview } from './mp4-box-reader.ts';
import { type Mp4Description, readDescription } from './mp4-description.ts';
import { readFragmentDefaults, readTrackFragment } from './mp4-fragment-reader.ts';
import { type Mp4Sample, readSampleTable } from './mp4-sample-table.ts';

/** A sample as a source publishes it. */
export type Mp4Unit = {
  readonly track: number;
  readonly decodeUs: number;
  readonly presentationUs: number;
  readonly keyframe: boolean;
  readonly payload: readonly Uint8Array[];
};

export type Mp4Recording = {
  readonly tracks: readonly TrackInfo[];
  /** In the order of decoding. */
  readonly units: readonly Mp4Unit[];
};

type Track = {
  readonly id: number;
  readonly timescale: number;
  /** How much later the track begins than its first sample says. */
  readonly shiftUs: number;
  readonly descriptions: readonly (Mp4Description | undefined)[];
  readonly samples: Mp4Sample[];
};

/** A whole MP4 file, with an index or in fragments: pictures in H.264 or H.265, sound in AAC or Opus. Throws `bad-data`. */
export function readMp4(file: Uint8Array): Mp4Recording {
  try {
    return read(file);
  } catch (error) {
    if (error instanceof RangeError) throw new GatewayError('bad-data', 'This MP4 is damaged.', { cause: error });
    throw error;
  }
}

function read(file: Uint8Array): Mp4Recording {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const moov = childBox(view, 'moov');
  if (!moov) throw new GatewayError('bad-data', 'This MP4 has no index. It was not finished, or is not an MP4.');
  const mvhd = childBox(moov, 'mvhd');
  const movieTimescale = mvhd?.getUint32(mvhd.getUint8(0) === 1 ? 20 : 12) || 1000;
  const tracks = childBoxes(moov, 'trak').flatMap((trak) => readTrack(trak, movieTimescale));
  addFragments(view, moov, tracks);
  const chosen = ['video', 'audio'].flatMap(
    (kind) =>
      tracks.find(({ descriptions, samples }) => descriptions[0]?.track.kind === kind && samples.length > 0) ?? [],
  );
  if (chosen[0]?.descriptions[0]?.track.kind !== 'video')
    throw new GatewayError('unsupported-codec', 'This MP4 holds no picture in H.264 or H.265.');
  const units = chosen.flatMap((track, index) => track.samples.flatMap((sample) => unitOf(file, track, index, sample)));
  return {
    tracks: chosen.map(({ descriptions }) => (descriptions[0] as Mp4Description).track),
    units: units.sort((a, b) => a.decodeUs - b.decodeUs),
  };
}

function readTrack(trak: DataView, movieTimescale: number): Track[] {
  const tkhd = childBox(trak, 'tkhd');
  const mdhd = childBox(trak, 'mdia', 'mdhd');
  const table = childBox(trak, 'mdia', 'minf', 'stbl');
  const stsd = table && childBox(table, 'stsd');
  if (!tkhd || !mdhd || !stsd) return [];
  const id = tkhd.getUint32(tkhd.getUint8(0) === 1 ? 20 : 12);
  const timescale = mdhd.getUint32(mdhd.getUint8(0) === 1 ? 20 : 12);
  if (timescale === 0) throw new GatewayError('bad-data', 'This MP4 has a track without a time scale.');
  const entries = [...mp4Boxes(subview(stsd, 8, stsd.byteLength))];
  const descriptions = entries.map(({ type, content }) => readDescription(type, content));
  const shiftUs = Math.round(readShift(trak, timescale, movieTimescale) * 1_000_000);
  return [{ id, timescale, shiftUs, descriptions, samples: readSampleTable(table) }];
}

/** Seconds, from the edit list (ISO 14496-12 clause 8.6.6): empty time in front, then the media from some point on. */
function readShift(trak: DataView, timescale: number, movieTimescale: number): number {
  const elst = childBox(trak, 'edts', 'elst');
  if (!elst) return 0;
  const isLong = elst.getUint8(0) === 1;
  let shift = 0;
  for (let entry = 0; entry < elst.getUint32(4); entry++) {
    const at = 8 + entry * (isLong ? 20 : 12);
    const duration = isLong ? readUint64(elst, at) : elst.getUint32(at);
    const mediaTime = isLong ? Number(elst.getBigInt64(at + 8)) : elst.getInt32(at + 4);
    if (mediaTime !== -1) return shift - mediaTime / timescale;
    shift += duration / movieTimescale;
  }
  return shift;
}

function addFragments(file: DataView, moov: DataView, tracks: readonly Track[]): void {
  const defaults = readFragmentDefaults(moov);
  for (const { type, content } of mp4Boxes(file)) {
    if (type !== 'moof') continue;
    const moofAt = content.byteOffset - file.byteOffset - 8;
    for (const traf of childBoxes(content, 'traf')) {
      const { trackId, samples } = readTrackFragment(traf, moofAt, defaults);
      const track = tracks.find(({ id }) => id === trackId);
      for (const sample of samples) track?.samples.push(sample);
    }
  }
}

function unitOf(file: Uint8Array, track: Track, index: number, sample: Mp4Sample): Mp4Unit[] {
  const description = track.descriptions[sample.description - 1];
  // The index of a file that was cut off lists samples that are not in it.
  if (!description || sample.offset + sample.bytes > file.length) return [];
  const data = file.subarray(sample.offset, sample.offset + sample.bytes);
  const keyframe = sample.sync;
  const payload = description.unpack(data, keyframe);
  if (payload.length === 0) return [];
  const us = (ticks: number): number => Math.round((ticks / track.timescale) * 1_000_000) + track.shiftUs;
  const times = { decodeUs: us(sample.decodeTicks), presentationUs: us(sample.presentationTicks) };
  return [{ track: index, ...times, keyframe, payload }];
}
