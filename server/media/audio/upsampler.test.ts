import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Upsampler } from './upsampler.ts';

const RATE_HZ = 8000;
const LATE = 8;

const tone = (hz: number, count: number, rateHz = RATE_HZ, offset = 0): Int16Array =>
  Int16Array.from({ length: count }, (_, at) =>
    Math.round(20_000 * Math.sin((2 * Math.PI * hz * (at + offset)) / rateHz)),
  );

test('the original samples are kept untouched, one millisecond late', () => {
  const original = Int16Array.from({ length: 500 }, (_, at) => ((at * 7919) % 65_536) - 32_768);
  const result = new Upsampler(3).push(original);
  expect(result).toHaveLength(1500);
  const kept = original.map((_, at) => result[at * 3] as number);
  expect(kept.slice(LATE)).toEqual(original.slice(0, -LATE));
});

test.each([50, 440, 1000, 2500, 3000])('a tone of %i Hz stays pure: what is added is at least 40 dB quieter', (hz) => {
  const result = new Upsampler(3).push(tone(hz, 800));
  const expected = tone(hz, 2400, 3 * RATE_HZ, -LATE * 3);
  const power = (samples: Int16Array): number => samples.slice(200).reduce((sum, sample) => sum + sample * sample, 0);
  const error = result.map((sample, at) => sample - (expected[at] as number));
  expect(power(error) / power(expected)).toBeLessThan(1e-4);
});

test('the result does not depend on how the sound was cut', () => {
  const original = tone(700, 640);
  const expected = new Upsampler(3).push(original);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 640 })), (cuts) => {
      const upsampler = new Upsampler(3);
      const places = [0, ...cuts.sort((a, b) => a - b), original.length];
      const parts = places.slice(1).map((to, index) => upsampler.push(original.subarray(places[index], to)));
      expect(parts.flatMap((part) => [...part])).toEqual([...expected]);
    }),
  );
});

test('the loudest sound does not wrap around', () => {
  const square = Int16Array.from({ length: 400 }, (_, at) => (at % 20 < 10 ? 32_767 : -32_768));
  const result = new Upsampler(3).push(square);
  for (let at = 60; at < result.length; at++) {
    const isHigh = Math.floor(at / 3 - LATE) % 20 < 10;
    const isEdge = (at / 3 - LATE) % 10 > 8.5 || (at / 3 - LATE) % 10 < 0.5;
    if (!isEdge) expect(Math.sign(result[at] as number)).toBe(isHigh ? 1 : -1);
  }
});
