import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { describe, expect, test } from 'vitest';
import { samplesIn, type ToldSample } from '../../testing/fmp4-samples.ts';
import type { AccessUnit } from '../access-unit.ts';
import { serializeFragment } from '../mp4/fmp4-fragment.ts';
import { Fmp4Muxer } from '../mp4/fmp4-muxer.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from '../mp4/mp4-track.ts';
import { noCounts } from '../rtp/rtp-access-unit.ts';
import { AccessUnitAssembler } from '../video/access-unit-assembler.ts';
import { splitAnnexB } from '../video/annex-b.ts';
import { fragmentsIn, Recap, type RecapPoint } from './recap.ts';

const SOUND_HZ = 8000;
const REST_TICKS = 27_000;
const LENGTH_TICKS = 32_400;

type Frame = { decodeTicks: number; aheadTicks: number };

/** One fragment per picture; its only byte is its number. */
function fragments(frames: readonly Frame[], withSound = false, usualTicks?: number): Uint8Array[] {
  return frames.map(({ decodeTicks, aheadTicks }, index) => {
    const durationTicks = usualTicks ?? (frames[index + 1]?.decodeTicks ?? decodeTicks + 3600) - decodeTicks;
    const sample = { data: [Uint8Array.of(index)], durationTicks, compositionTicks: aheadTicks, sync: index === 0 };
    const picture = { trackId: VIDEO_TRACK_ID, baseTicks: decodeTicks, nalUnits: true, samples: [sample] };
    const baseTicks = Math.round((decodeTicks / 90_000) * SOUND_HZ);
    const beep = { data: [Uint8Array.of(index)], durationTicks: 320, compositionTicks: 0, sync: true };
    const sound = { trackId: AUDIO_TRACK_ID, baseTicks, nalUnits: false, samples: [beep] };
    return serializeFragment(index, withSound ? [picture, sound] : [picture]);
  });
}

/** Shows the key frame for a moment and the rest right before `untilTicks`. */
function pointsOf(keyTicks: number, untilTicks: number): RecapPoint[] {
  const restTicks = untilTicks - REST_TICKS;
  return [
    { ticks: keyTicks, toldTicks: untilTicks - LENGTH_TICKS },
    { ticks: keyTicks + 1, toldTicks: restTicks },
    { ticks: untilTicks, toldTicks: untilTicks },
  ];
}

function recapOf(group: readonly Uint8Array[], soundFromTicks?: number): Recap | undefined {
  const ticks = samplesIn(group).flatMap(({ track, decodeTicks }) => (track === VIDEO_TRACK_ID ? [decodeTicks] : []));
  const options = soundFromTicks === undefined ? {} : { soundFromTicks };
  return Recap.of(pointsOf(ticks[0] ?? 0, ticks.at(-1) ?? 0), options);
}

const frames = (count: number): Frame[] =>
  Array.from({ length: count }, (_, index) => ({ decodeTicks: 900_000 + index * 3600, aheadTicks: 0 }));

describe('whatever the group', () => {
  const group = fc
    .record({
      // From 300 pictures a second to ten.
      steps: fc.array(fc.integer({ min: 300, max: 9000 }), { minLength: 20, maxLength: 400 }),
      aheadTicks: fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 5 }),
    })
    .map(({ steps, aheadTicks }) => {
      let decodeTicks = 1_000_000;
      return steps.map((step, index): Frame => {
        decodeTicks += step;
        return { decodeTicks, aheadTicks: aheadTicks[index % aheadTicks.length] as number };
      });
    });

  test('every picture is there, in its order, within the length, the last one at its own time', () => {
    fc.assert(
      fc.property(group, (described) => {
        const original = fragments(described);
        const recap = recapOf(original);
        if (!recap) return;
        const told = samplesIn(original.flatMap((fragment) => recap.restamp(fragment)));
        expect(told.map(({ first }) => first)).toEqual(described.map((_, index) => index & 255));
        const lastTicks = described.at(-1)?.decodeTicks as number;
        expect(told.at(-1)?.decodeTicks).toBe(lastTicks);
        expect(told[0]?.decodeTicks).toBe(lastTicks - LENGTH_TICKS);
        for (let at = 1; at < told.length; at++)
          expect((told[at] as ToldSample).decodeTicks).toBeGreaterThan((told[at - 1] as ToldSample).decodeTicks);
      }),
    );
  });

  test('no step between two pictures is more than twice the duration that was announced, or browsers would wait for a key frame', () => {
    const ahead = fc.integer({ min: 0, max: 30_000 });
    // Cameras that come up to a quarter early or late.
    const uneven = fc.array(fc.integer({ min: 2700, max: 4500 }), { minLength: 30, maxLength: 400 });
    fc.assert(
      fc.property(uneven, ahead, fc.nat(), (steps, aheadTicks, at) => {
        let decodeTicks = 900_000;
        const described = steps.map((step): Frame => {
          decodeTicks += step;
          return { decodeTicks, aheadTicks: 0 };
        });
        const joined = described[Math.min(15 + (at % 400), described.length - 12)]?.decodeTicks as number;
        const recap = Recap.of(pointsOf(described[0]?.decodeTicks as number, joined + aheadTicks));
        const original = fragments(described, false, 3600);
        const told = samplesIn(original.flatMap((fragment) => recap?.restamp(fragment) ?? [fragment]));
        for (const [index, { decodeTicks, durationTicks }] of told.entries()) {
          const next = told[index + 1]?.decodeTicks ?? decodeTicks + 1;
          expect(next).toBeGreaterThan(decodeTicks);
          expect(next - decodeTicks).toBeLessThanOrEqual(2 * durationTicks);
        }
      }),
    );
  });

  test('pictures are shown in the order in which they were to be shown', () => {
    fc.assert(
      fc.property(group, (described) => {
        const original = fragments(described);
        const recap = recapOf(original);
        if (!recap) return;
        const order = (times: readonly number[]): number[] =>
          times.map((_, index) => index).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
        const told = samplesIn(original.flatMap((fragment) => recap.restamp(fragment)));
        const before = described.map(({ decodeTicks, aheadTicks }) => decodeTicks + aheadTicks);
        const shown = order(before).map((index) => told[index]?.presentationTicks as number);
        // Pictures that are a tick apart may get the same time, but never the wrong order.
        for (let at = 1; at < shown.length; at++)
          expect(shown[at] as number).toBeGreaterThanOrEqual((shown[at - 1] as number) - 1);
      }),
    );
  });
});

test('the key frame is shown for a moment, so that a player that begins a frame late still begins with it', () => {
  const original = fragments(frames(250));
  const told = samplesIn(original.flatMap((fragment) => recapOf(original)?.restamp(fragment) ?? []));
  expect((told[1] as ToldSample).decodeTicks - (told[0] as ToldSample).decodeTicks).toBeGreaterThan(5000);
});

test('a recap may end in the future: pictures that come until then are compressed too, and time runs normally from there', () => {
  const original = fragments(frames(120));
  const untilTicks = 900_000 + 105 * 3600;
  const recap = Recap.of(pointsOf(900_000, untilTicks));
  const told = samplesIn(original.flatMap((fragment) => recap?.restamp(fragment) ?? []));
  expect(told[0]?.decodeTicks).toBe(untilTicks - LENGTH_TICKS);
  const steps = told.slice(1).map(({ decodeTicks }, index) => decodeTicks - (told[index] as ToldSample).decodeTicks);
  for (const step of steps.slice(1, 105)) expect(step).toBeLessThan(400);
  expect(steps.slice(105)).toEqual(Array(14).fill(3600));
});

test('a group that is shorter than its recap would be gets no recap', () => {
  expect(recapOf(fragments(frames(9)))).toBeUndefined();
  expect(recapOf(fragments(frames(12)))).toBeDefined();
});

test('sound is heard from where the recap begins, at its own time', () => {
  const original = fragments(frames(100), true);
  const beginsTicks = 900_000 + 99 * 3600 - LENGTH_TICKS;
  const recap = recapOf(original, (beginsTicks / 90_000) * SOUND_HZ);
  const sound = samplesIn(original.flatMap((fragment) => recap?.restamp(fragment) ?? [])).filter(
    ({ track }) => track === 2,
  );
  expect(sound.map(({ first }) => first)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  for (const { first, decodeTicks } of sound)
    expect(decodeTicks).toBe(Math.round(((900_000 + first * 3600) / 90_000) * SOUND_HZ));
  expect(((sound[0] as ToldSample).decodeTicks / SOUND_HZ) * 90_000).toBeGreaterThanOrEqual(beginsTicks);
});

test('a reader who wants no sound gets none', () => {
  const original = fragments(frames(100), true);
  const recap = recapOf(original);
  const told = samplesIn(original.flatMap((fragment) => recap?.restamp(fragment) ?? []));
  expect(new Set(told.map(({ track }) => track))).toEqual(new Set([VIDEO_TRACK_ID]));
});

test('a fragment that holds only old sound is left out', () => {
  const original = fragments(frames(100));
  const beep = { data: [Uint8Array.of(7)], durationTicks: 320, compositionTicks: 0, sync: true };
  const run = (baseTicks: number) => ({ trackId: AUDIO_TRACK_ID, baseTicks, nalUnits: false, samples: [beep] });
  const recap = recapOf(original, 112_000);
  expect(recap?.restamp(serializeFragment(1, [run(80_100)]))).toEqual([]);
  expect(recap?.restamp(serializeFragment(1, [run(115_200)]))).toHaveLength(2);
});

test('neither the original nor its pictures are copied or changed', () => {
  const original = fragments(frames(20)).map((fragment) => Buffer.from(fragment));
  const before = original.map((fragment) => Uint8Array.from(fragment));
  const pieces = original.flatMap((fragment) => recapOf(original)?.restamp(fragment) ?? []);
  expect(original.map((fragment) => Uint8Array.from(fragment))).toEqual(before);
  expect(pieces[1]?.buffer).toBe(original[0]?.buffer);
});

test('an independent reader finds all pictures of a real stream in the recap', async () => {
  const assembler = new AccessUnitAssembler('h264', [], noCounts());
  const asset = readFileSync(new URL('../../../assets/long-gop-360p.h264', import.meta.url));
  for (const nal of splitAnnexB(asset)) assembler.push(nal, 0, 0);
  const units = assembler.take().map(({ keyframe, payload }, index): AccessUnit => {
    const ptsUs = Math.round((index * 1e6) / 15);
    return { track: 0, ptsUs, receivedUs: ptsUs, keyframe, payload };
  });
  const muxer = new Fmp4Muxer({ codec: 'h264' });
  const group = units.slice(0, 100).flatMap((unit) => muxer.pushVideo(unit)?.bytes ?? []);
  const joined = Buffer.concat(group);
  const recap = recapOf(group);
  const bytes = Buffer.concat([
    muxer.init?.bytes ?? new Uint8Array(),
    ...fragmentsIn(joined).flatMap((fragment) => recap?.restamp(fragment) ?? []),
  ]);
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const track = await input.getPrimaryVideoTrack();
  const times: number[] = [];
  if (track) for await (const packet of new EncodedPacketSink(track).packets()) times.push(packet.timestamp);
  expect(times).toHaveLength(100);
  expect((times.at(-1) as number) - (times[0] as number)).toBeCloseTo(0.36, 4);
});
