import { describe, expect, test } from 'vitest';
import type { TrackInfo } from '../../media/access-unit.ts';
import { selectTracks } from './offered-tracks.ts';
import { parseSdp } from './sdp.ts';
import { describeTracks, payloadTypeOf, rtpClockHz } from './track-description.ts';

const h264: TrackInfo = {
  kind: 'video',
  codec: 'h264',
  parameterSets: [Uint8Array.of(0x67, 0x64, 0, 0x28, 0xac), Uint8Array.of(0x68, 0xee, 0x3c)],
};
const h265: TrackInfo = {
  kind: 'video',
  codec: 'h265',
  parameterSets: [Uint8Array.of(0x40, 1, 9), Uint8Array.of(0x42, 1, 8), Uint8Array.of(0x44, 1, 7)],
};
const bare: TrackInfo = { kind: 'video', codec: 'h264', parameterSets: [] };
const sound = (codec: 'pcmu' | 'pcma' | 'g722' | 'opus', sampleRateHz: number, channels: number): TrackInfo => ({
  kind: 'audio',
  codec,
  sampleRateHz,
  channels,
});

describe('what our own client reads from our description', () => {
  test.each<[string, TrackInfo, number, number]>([
    ['H.264', h264, 96, 90_000],
    ['H.264 whose parameter sets are not known yet', bare, 96, 90_000],
    ['H.265', h265, 96, 90_000],
    ['mu-law', sound('pcmu', 8000, 1), 0, 8000],
    ['A-law', sound('pcma', 8000, 1), 8, 8000],
    ['A-law at an unusual rate', sound('pcma', 16_000, 1), 97, 16_000],
    ['G.722', sound('g722', 16_000, 1), 9, 8000],
    ['Opus', sound('opus', 48_000, 2), 97, 48_000],
    [
      'AAC',
      { kind: 'audio', codec: 'aac', sampleRateHz: 16_000, channels: 1, config: Uint8Array.of(0x14, 0x08) },
      97,
      16_000,
    ],
  ])('%s', (_name, track, payloadType, clockHz) => {
    const text = describeTracks('cam', [{ track, control: 'rtsp://host/cam/trackID=0' }]);
    const [offer] = selectTracks(parseSdp(text));
    expect(offer?.info).toEqual({
      ...track,
      ...(track.kind === 'video' ? { parameterSets: track.parameterSets.map((set) => Buffer.from(set)) } : {}),
      ...(track.kind === 'audio' && track.config ? { config: Buffer.from(track.config) } : {}),
    });
    expect(offer).toMatchObject({ payloadType, clockRateHz: clockHz, control: 'rtsp://host/cam/trackID=0' });
    expect([payloadTypeOf(track), rtpClockHz(track)]).toEqual([payloadType, clockHz]);
  });
});
