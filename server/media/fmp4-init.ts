import type { AudioTrack } from './access-unit.ts';
import { ascii, box, fullBox, uint16, uint32, zeros } from './fmp4-boxes.ts';
import { audioSampleEntry, fileType, type SampleEntry, videoSampleEntry } from './fmp4-sample-entry.ts';
import type { VideoFormat } from './video-format.ts';

export const VIDEO_TRACK_ID = 1;
export const AUDIO_TRACK_ID = 2;

/** What a player must have before the first fragment, and what may be said of it in headers and playlists. */
export type InitSegment = {
  readonly bytes: Uint8Array;
  /** Counts from 1 and grows with every change of parameter sets. */
  readonly version: number;
  readonly mimeType: string;
  readonly hlsCodecs: string;
  readonly width: number;
  readonly height: number;
  readonly audioTimescale: number | undefined;
};

const UNITY_MATRIX = uint32(0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000);
const MOVIE_TIMESCALE = 1000;
const UNDETERMINED_LANGUAGE = 0x55c4;
const ENABLED_IN_MOVIE = 3;

export function serializeInitSegment(version: number, video: VideoFormat, audio: AudioTrack | undefined): InitSegment {
  const { width, height } = video.sps;
  const videoEntry = videoSampleEntry(video);
  const audioEntry = audio && audioSampleEntry(audio);
  const entries = audioEntry ? [videoEntry, audioEntry] : [videoEntry];
  const traks = [trak(VIDEO_TRACK_ID, 'vide', videoEntry, width, height)];
  if (audioEntry) traks.push(trak(AUDIO_TRACK_ID, 'soun', audioEntry, 0, 0));
  const trackIds = audioEntry ? [VIDEO_TRACK_ID, AUDIO_TRACK_ID] : [VIDEO_TRACK_ID];
  const moov = box('moov', mvhd(), ...traks, box('mvex', ...trackIds.map(trex)));
  return {
    bytes: Buffer.concat([fileType(), moov]),
    version,
    mimeType: `video/mp4; codecs="${entries.map((entry) => entry.codecString).join(',')}"`,
    hlsCodecs: entries.map((entry) => entry.hlsCodecString).join(','),
    width,
    height,
    audioTimescale: audioEntry?.timescale,
  };
}

function mvhd(): Uint8Array {
  const nextTrackId = uint32(AUDIO_TRACK_ID + 1);
  return fullBox(
    'mvhd',
    0,
    0,
    uint32(0, 0, MOVIE_TIMESCALE, 0),
    uint32(0x1_0000), // rate 1
    uint16(0x100, 0), // volume 1
    zeros(8),
    UNITY_MATRIX,
    zeros(24),
    nextTrackId,
  );
}

function trak(id: number, kind: 'vide' | 'soun', entry: SampleEntry, width: number, height: number): Uint8Array {
  const volume = uint16(kind === 'soun' ? 0x100 : 0, 0);
  const size = uint32(width * 2 ** 16, height * 2 ** 16);
  const tkhd = fullBox('tkhd', 0, ENABLED_IN_MOVIE, uint32(0, 0, id, 0, 0), zeros(12), volume, UNITY_MATRIX, size);
  const mdhd = fullBox('mdhd', 0, 0, uint32(0, 0, entry.timescale, 0), uint16(UNDETERMINED_LANGUAGE, 0));
  const hdlr = fullBox('hdlr', 0, 0, uint32(0), ascii(kind), zeros(12), ascii('Oriel\0'));
  const mediaHeader = kind === 'vide' ? fullBox('vmhd', 0, 1, zeros(8)) : fullBox('smhd', 0, 0, zeros(4));
  const dinf = box('dinf', fullBox('dref', 0, 0, uint32(1), fullBox('url ', 0, 1)));
  const minf = box('minf', mediaHeader, dinf, emptySampleTable(entry));
  return box('trak', tkhd, box('mdia', mdhd, hdlr, minf));
}

/** The samples stand in fragments. */
function emptySampleTable(entry: SampleEntry): Uint8Array {
  return box(
    'stbl',
    fullBox('stsd', 0, 0, uint32(1), entry.bytes),
    fullBox('stts', 0, 0, uint32(0)),
    fullBox('stsc', 0, 0, uint32(0)),
    fullBox('stsz', 0, 0, uint32(0, 0)),
    fullBox('stco', 0, 0, uint32(0)),
  );
}

function trex(trackId: number): Uint8Array {
  return fullBox('trex', 0, 0, uint32(trackId, 1, 0, 0, 0));
}
