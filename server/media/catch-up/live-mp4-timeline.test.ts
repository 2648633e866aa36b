import { describe, expect, test } from 'vitest';
import { samplesIn, type ToldSample } from '../../testing/fmp4-samples.ts';
import { serializeFragment } from '../mp4/fmp4-fragment.ts';
import type { MediaFragment } from '../mp4/fmp4-muxer.ts';
import { VIDEO_TIMESCALE } from '../mp4/fmp4-sample-entry.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from '../mp4/mp4-track.ts';
import { LiveMp4Timeline } from './live-mp4-timeline.ts';

const SOUND_HZ = 8000;
const FRAME_TICKS = 6000;
/** The stream has been running for hours. */
const BEGAN_TICKS = 3 * 3600 * VIDEO_TIMESCALE;

/** Fifteen pictures a second; each travels with the sound of the time before it. */
function fragments(count: number, withSound: boolean, aheadFrames: readonly number[] = [0]): MediaFragment[] {
  return Array.from({ length: count }, (_, index) => {
    const baseTicks = BEGAN_TICKS + index * FRAME_TICKS;
    const keyframe = index === 0;
    const data = [Uint8Array.of(index & 255)];
    const [key = 0, ...run] = aheadFrames;
    const ahead = keyframe || run.length === 0 ? key : (run[(index - 1) % run.length] as number);
    const sample = { data, durationTicks: FRAME_TICKS, compositionTicks: ahead * FRAME_TICKS, sync: keyframe };
    const picture = { trackId: VIDEO_TRACK_ID, baseTicks, nalUnits: true, samples: [sample] };
    const soundTicks = Math.round(((baseTicks - FRAME_TICKS) / VIDEO_TIMESCALE) * SOUND_HZ);
    const beep = { data, durationTicks: 533, compositionTicks: 0, sync: true };
    const sound = { trackId: AUDIO_TRACK_ID, baseTicks: soundTicks, nalUnits: false, samples: [beep] };
    const runs = withSound ? [picture, sound] : [picture];
    const init = { audioEntry: withSound ? { timescale: SOUND_HZ } : undefined } as MediaFragment['init'];
    const timeUs = Math.round((baseTicks / VIDEO_TIMESCALE) * 1e6);
    const bytes = serializeFragment(index, runs);
    return { bytes, runs, init, keyframe, hasPicture: true, timeUs, durationUs: 66_667, receivedUs: timeUs };
  });
}

/** What a reader is sent who comes when `missed` pictures are there. */
function told(all: readonly MediaFragment[], missed: number, withRecap: boolean): ToldSample[] {
  const timeline = new LiveMp4Timeline(all.slice(0, missed), withRecap);
  return samplesIn(all.flatMap((fragment) => timeline.restamp(fragment)));
}

const seconds = ({ track, decodeTicks }: ToldSample): number =>
  decodeTicks / (track === VIDEO_TRACK_ID ? VIDEO_TIMESCALE : SOUND_HZ);
const pictures = (samples: readonly ToldSample[]): ToldSample[] =>
  samples.filter(({ track }) => track === VIDEO_TRACK_ID);

describe.each([
  ['every picture at its time', false],
  ['a recap', true],
])('however long the camera has been running, %s', (_name, withRecap) => {
  test('begins at zero, and no sound is older than that', () => {
    const samples = told(fragments(300, true), 150, withRecap);
    expect(seconds(samples[0] as ToldSample)).toBe(0);
    const sound = samples.filter(({ track }) => track === AUDIO_TRACK_ID);
    expect(Math.min(...sound.map(seconds))).toBeGreaterThanOrEqual(0);
    expect(Math.min(...sound.map(seconds))).toBeLessThan(0.1);
  });

  test('keeps sound and picture together', () => {
    const samples = told(fragments(300, true), 150, withRecap);
    const sound = samples.filter(({ track }) => track === AUDIO_TRACK_ID).at(-1) as ToldSample;
    const picture = pictures(samples).at(-1) as ToldSample;
    // The last sound belongs to the time before the last picture.
    expect(seconds(picture) - seconds(sound)).toBeCloseTo(FRAME_TICKS / VIDEO_TIMESCALE, 3);
  });

  test('leaves no picture out, and nothing of the camera’s own bytes is changed for others', () => {
    const all = fragments(300, true);
    const before = Buffer.concat(all.map(({ bytes }) => bytes));
    const numbers = pictures(told(all, 150, withRecap)).map(({ first }) => first);
    expect(numbers).toEqual(all.map((_, index) => index & 255));
    expect(Buffer.concat(all.map(({ bytes }) => bytes)).equals(before)).toBe(true);
  });
});

test('without a recap every picture has its own time', () => {
  const times = pictures(told(fragments(300, false), 150, false)).map(({ decodeTicks }) => decodeTicks);
  expect(times).toEqual(times.map((_, index) => index * FRAME_TICKS));
});

test('pictures that come while a recap is fetched and decoded belong to it, except when there is sound', () => {
  const lengthS = (withSound: boolean): number => {
    const times = pictures(told(fragments(300, withSound), 150, true)).map(seconds);
    return (times.at(-1) as number) - (150 * FRAME_TICKS) / VIDEO_TIMESCALE;
  };
  // The recap takes 360 ms; without sound it ends 250 ms ahead of the live edge.
  expect(lengthS(true) - lengthS(false)).toBeCloseTo(0.25, 1);
});

test('a reader who comes first begins with the first picture', () => {
  const [sound, ...rest] = fragments(30, true);
  const onlySound = {
    ...(sound as MediaFragment),
    bytes: serializeFragment(1, (sound as MediaFragment).runs.slice(1)),
  };
  const timeline = new LiveMp4Timeline([], true);
  const samples = samplesIn([onlySound, ...rest].flatMap((fragment) => timeline.restamp(fragment)));
  expect(samples[0]).toMatchObject({ track: VIDEO_TRACK_ID, decodeTicks: 0, first: 1 });
});

test.each([
  ['two B-frames behind each other', [1, 3, 0, 0]],
  ['a B-frame that others refer to', [2, 5, 2, 0, 1]],
])('with B-frames a recap shows its key frame at once, and all pictures in their order: %s', (_name, ahead) => {
  const all = fragments(300, false, ahead);
  const samples = told(all, 150, true);
  expect(samples[0]?.presentationTicks).toBe(0);
  const own = all.map(({ runs: [run] }) => (run?.baseTicks ?? 0) + (run?.samples[0]?.compositionTicks ?? 0));
  const order = (times: readonly number[]): number[] =>
    times.map((_, index) => index).sort((a, b) => (times[a] as number) - (times[b] as number));
  const shown = samples.map(({ presentationTicks }) => presentationTicks);
  expect(order(shown)).toEqual(order(own));
  expect(new Set(shown).size).toBe(300);
  // Pictures after the recap are shown at their own time again.
  expect((shown[299] as number) - (shown[250] as number)).toBe((own[299] as number) - (own[250] as number));
});
