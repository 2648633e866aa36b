import { describe, expect, test } from 'vitest';
import { type MediaPlaylist, serializeMediaPlaylist, serializeMultivariantPlaylist } from './playlist.ts';
import { validateMediaPlaylist, validateMultivariantPlaylist, validateReload } from './testing/validator.ts';

const part = (uri: string, independent = false) => ({ uri, durationUs: 120_000, independent });
const whole = (number: number) => ({
  uri: `${number}.m4s`,
  durationUs: 2_000_000,
  parts: [],
  mapUri: 'init-1.mp4',
  programDateMs: 1_700_000_000_000 + number * 2000,
  discontinuity: false,
});

const PLAYLIST: MediaPlaylist = {
  targetDurationS: 2,
  partTargetUs: 130_000,
  mediaSequence: 4,
  discontinuitySequence: 0,
  segments: [
    ...[4, 5, 6, 7, 8, 9, 10].map(whole),
    { ...whole(11), parts: [part('11.0.m4s', true), part('11.1.m4s')], durationUs: 240_000, uri: '11.m4s' },
    {
      parts: [part('12.0.m4s', true)],
      durationUs: 120_000,
      mapUri: 'init-1.mp4',
      programDateMs: 0,
      discontinuity: false,
    },
  ],
  preloadHintUri: '12.1.m4s',
};

test('a playlist as we write it breaks no rule', () => {
  expect(validateMediaPlaylist(serializeMediaPlaylist(PLAYLIST, false))).toEqual([]);
});

test('a delta update leaves out what is older than six target durations', () => {
  const delta = serializeMediaPlaylist(PLAYLIST, true);
  expect(validateMediaPlaylist(delta)).toEqual([]);
  expect(delta).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n');
  expect(delta).not.toContain('\n4.m4s');
  expect(delta).toContain('\n5.m4s');
  expect(validateReload(serializeMediaPlaylist(PLAYLIST, false), delta)).toEqual([]);
});

test('new parameter sets: discontinuity and map stand in front of the parts', () => {
  const changed = {
    ...(PLAYLIST.segments.at(-1) as MediaPlaylist['segments'][number]),
    mapUri: 'init-2.mp4',
    discontinuity: true,
  };
  const text = serializeMediaPlaylist({ ...PLAYLIST, segments: [...PLAYLIST.segments.slice(0, -1), changed] }, false);
  expect(validateMediaPlaylist(text)).toEqual([]);
  expect(text).toMatch(/#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-2.mp4"\n#EXT-X-PROGRAM-DATE-TIME:.*\n#EXT-X-PART/);
});

test('a variant says what a player needs to choose it', () => {
  const text = serializeMultivariantPlaylist({
    uri: 'abc/live.m3u8?session=x',
    peakBandwidth: 8_000_000.4,
    averageBandwidth: 4_000_000,
    codecs: 'avc1.64001f,fLaC',
    width: 1280,
    height: 720,
    framesPerSecond: 25,
  });
  expect(validateMultivariantPlaylist(text)).toEqual([]);
  expect(text).toContain('BANDWIDTH=8000001,AVERAGE-BANDWIDTH=4000000,CODECS="avc1.64001f,fLaC",RESOLUTION=1280x720');
});

describe('the validator finds', () => {
  const good = serializeMediaPlaylist(PLAYLIST, false);
  test.each([
    [
      'a part that is too long',
      (text: string) => text.replace('DURATION=0.12000,URI="11.1', 'DURATION=0.13100,URI="11.1'),
      /longer than PART-TARGET/,
    ],
    [
      'a part that is too short',
      (text: string) => text.replace('DURATION=0.12000,URI="12.0.m4s",INDEPENDENT=YES', 'DURATION=0.05,URI="12.0.m4s"'),
      /shorter than 85/,
    ],
    [
      'a segment beyond the target',
      (text: string) => text.replace('TARGETDURATION:2', 'TARGETDURATION:1'),
      /longer than the target/,
    ],
    [
      'a hold-back that is too short',
      (text: string) => text.replace('PART-HOLD-BACK=0.39', 'PART-HOLD-BACK=0.30'),
      /PART-HOLD-BACK/,
    ],
    ['a missing map', (text: string) => text.replace(/#EXT-X-MAP.*\n/, ''), /no EXT-X-MAP/],
    ['a missing EXTINF', (text: string) => text.replace('#EXTINF:2.00000,\n6', '6'), /no EXTINF/],
    ['a hint to what is there', (text: string) => text.replace('URI="12.1.m4s"', 'URI="12.0.m4s"'), /listed already/],
    [
      'a tag behind the parts',
      (text: string) => text.replace('#EXT-X-PRELOAD', '#EXT-X-DISCONTINUITY\n#EXT-X-PRELOAD'),
      /belong in front/,
    ],
    [
      'a broken attribute list',
      (text: string) => text.replace('PART-TARGET=0.13000', 'PART-TARGET=0.13000,,'),
      /cannot be read/,
    ],
    ['a low version', (text: string) => text.replace('VERSION:9', 'VERSION:3'), /too low/],
  ])('%s', (_name, spoil, complaint) => {
    expect(validateMediaPlaylist(spoil(good)).join()).toMatch(complaint);
  });

  test.each([
    [
      'a changed segment',
      (text: string) => text.replace('#EXTINF:2.00000,\n6', '#EXTINF:2.10000,\n6'),
      /segment 6 changed/,
    ],
    ['a sequence that goes back', (text: string) => text.replace('SEQUENCE:4', 'SEQUENCE:3'), /went back/],
    [
      'another target',
      (text: string) => text.replace('TARGETDURATION:2', 'TARGETDURATION:3'),
      /TARGETDURATION changed/,
    ],
    ['other parts', (text: string) => text.replace('PART-TARGET=0.13', 'PART-TARGET=0.14'), /PART-INF changed/],
    [
      'too much removed',
      (text: string) => text.replace(/#EXTINF:2.0+,\n(4|5|6|7|8)\.m4s\n/g, '').replace('SEQUENCE:4', 'SEQUENCE:9'),
      /less than three target durations/,
    ],
    ['segments nobody saw', (text: string) => text.replace('SEQUENCE:4', 'SEQUENCE:40'), /passed over/],
  ])('from one reload to the next: %s', (_name, spoil, complaint) => {
    expect(validateReload(good, spoil(good)).join()).toMatch(complaint);
  });
});
