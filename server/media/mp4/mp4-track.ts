import { ascii, box, fullBox, uint16, uint32, zeros } from './fmp4-boxes.ts';

export const VIDEO_TRACK_ID = 1;
export const AUDIO_TRACK_ID = 2;
export const MOVIE_TIMESCALE = 1000;

export type Mp4Track = {
  readonly id: number;
  readonly kind: 'video' | 'audio';
  readonly timescale: number;
  /** Zero for sound. */
  readonly width: number;
  readonly height: number;
  /** Zero when the samples are in fragments. */
  readonly durationTicks: number;
  /** The `edts` box, present when presentation does not begin with the first sample. */
  readonly edits?: Uint8Array;
  readonly sampleTable: Uint8Array;
};

const UNITY_MATRIX = uint32(0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000);
const UNDETERMINED_LANGUAGE = 0x55c4;
const ENABLED_IN_MOVIE = 3;

/** ISO 14496-12 clause 8.2.2. */
export function serializeMovieHeader(durationMs: number): Uint8Array {
  return fullBox(
    'mvhd',
    0,
    0,
    uint32(0, 0, MOVIE_TIMESCALE, durationMs),
    uint32(0x1_0000), // rate 1
    uint16(0x100, 0), // volume 1
    zeros(8),
    UNITY_MATRIX,
    zeros(24),
    uint32(AUDIO_TRACK_ID + 1), // next_track_ID
  );
}

/** ISO 14496-12 clause 8.3.1. */
export function serializeTrack(track: Mp4Track): Uint8Array {
  const isVideo = track.kind === 'video';
  const durationMs = Math.round((track.durationTicks / track.timescale) * MOVIE_TIMESCALE);
  const volume = uint16(isVideo ? 0 : 0x100, 0);
  const size = uint32(track.width * 2 ** 16, track.height * 2 ** 16);
  const identity = uint32(0, 0, track.id, 0, durationMs);
  const tkhd = fullBox('tkhd', 0, ENABLED_IN_MOVIE, identity, zeros(12), volume, UNITY_MATRIX, size);
  const mediaTime = uint32(0, 0, track.timescale, track.durationTicks);
  const mdhd = fullBox('mdhd', 0, 0, mediaTime, uint16(UNDETERMINED_LANGUAGE, 0));
  const hdlr = fullBox('hdlr', 0, 0, uint32(0), ascii(isVideo ? 'vide' : 'soun'), zeros(12), ascii('Oriel\0'));
  const mediaHeader = isVideo ? fullBox('vmhd', 0, 1, zeros(8)) : fullBox('smhd', 0, 0, zeros(4));
  const dinf = box('dinf', fullBox('dref', 0, 0, uint32(1), fullBox('url ', 0, 1)));
  const minf = box('minf', mediaHeader, dinf, track.sampleTable);
  return box('trak', tkhd, ...(track.edits ? [track.edits] : []), box('mdia', mdhd, hdlr, minf));
}
