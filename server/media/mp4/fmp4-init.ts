import type { AudioTrack } from '../access-unit.ts';
import type { VideoFormat } from '../video/video-format.ts';
import { box, fullBox, uint32 } from './fmp4-boxes.ts';
import { audioSampleEntry, fileType, type SampleEntry, videoSampleEntry } from './fmp4-sample-entry.ts';
import { AUDIO_TRACK_ID, type Mp4Track, serializeMovieHeader, serializeTrack, VIDEO_TRACK_ID } from './mp4-track.ts';

/** What a player must have before the first fragment, and what headers and playlists say about it. */
export type InitSegment = {
  readonly bytes: Uint8Array;
  /** Counts from 1 and grows with every change of parameter sets. */
  readonly version: number;
  readonly mimeType: string;
  readonly hlsCodecs: string;
  readonly width: number;
  readonly height: number;
  readonly videoEntry: SampleEntry;
  readonly audioEntry: SampleEntry | undefined;
};

export function serializeInitSegment(version: number, video: VideoFormat, audio: AudioTrack | undefined): InitSegment {
  const { width, height } = video.sps;
  const videoEntry = videoSampleEntry(video);
  const audioEntry = audio && audioSampleEntry(audio);
  const tracks = [fragmentedTrack(VIDEO_TRACK_ID, 'video', videoEntry, width, height)];
  if (audioEntry) tracks.push(fragmentedTrack(AUDIO_TRACK_ID, 'audio', audioEntry, 0, 0));
  const movieExtends = box('mvex', ...tracks.map(({ id }) => trex(id)));
  const moov = box('moov', serializeMovieHeader(0), ...tracks.map(serializeTrack), movieExtends);
  const entries = audioEntry ? [videoEntry, audioEntry] : [videoEntry];
  return {
    bytes: Buffer.concat([fileType(), moov]),
    version,
    mimeType: `video/mp4; codecs="${entries.map((entry) => entry.codecString).join(',')}"`,
    hlsCodecs: entries.map((entry) => entry.hlsCodecString).join(','),
    width,
    height,
    videoEntry,
    audioEntry,
  };
}

function fragmentedTrack(
  id: number,
  kind: Mp4Track['kind'],
  entry: SampleEntry,
  width: number,
  height: number,
): Mp4Track {
  const sampleTable = emptySampleTable(entry);
  return { id, kind, timescale: entry.timescale, width, height, durationTicks: 0, sampleTable };
}

/** The tables are empty because the samples are in the fragments. */
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
