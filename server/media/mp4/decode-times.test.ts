import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeTimes } from './decode-times.ts';

const FRAME = 3600;

function decode(presentation: readonly number[], reorder = 0): { dts: number[]; durations: number[] } {
  const times = new DecodeTimes(90_000, reorder, 25);
  const all = presentation.map((ticks, index) => times.next(ticks, index === 0));
  return { dts: all.map((time) => time.decodeTicks), durations: all.map((time) => time.durationTicks) };
}

describe('without B-frames', () => {
  test('decode time is presentation time', () => {
    const presentation = Array.from({ length: 50 }, (_, index) => 90_000 + index * FRAME);
    expect(decode(presentation).dts).toEqual(presentation);
  });

  test('a wrong frame rate in the parameter sets is forgotten after one interval', () => {
    const times = new DecodeTimes(90_000, 0, 50);
    const durations = [0, 6000, 12_000].map((ticks, index) => times.next(ticks, index === 0).durationTicks);
    expect(durations).toEqual([1800, 6000, 6000]);
  });

  test('after a gap it catches up in steps that Media Source Extensions accept as continuous', () => {
    const presentation = [0, 1, 2, 3, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25].map((n) => n * FRAME);
    const { dts, durations } = decode(presentation);
    for (let index = 1; index < dts.length; index++) {
      const step = (dts[index] as number) - (dts[index - 1] as number);
      expect(step).toBeLessThanOrEqual(2 * (durations[index - 1] as number));
      expect(dts[index]).toBeLessThanOrEqual(presentation[index] as number);
    }
    expect(dts.at(-1)).toBe(presentation.at(-1));
  });
});

describe('with B-frames', () => {
  const order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11].map((n) => (n + 5) * FRAME);

  test('times come sorted, one frame apart, never after presentation', () => {
    const { dts } = decode(order, 1);
    for (let index = 1; index < dts.length; index++)
      expect((dts[index] as number) - (dts[index - 1] as number)).toBe(FRAME);
    for (const [index, ticks] of dts.entries()) expect(ticks).toBeLessThanOrEqual(order[index] as number);
  });

  test('B-frames that the parameter sets do not announce are recognised from the times', () => {
    const { dts } = decode(order, 0);
    for (let index = 1; index < dts.length; index++) expect(dts[index]).toBeGreaterThan(dts[index - 1] as number);
  });
});

test('whatever times the camera sends, decode time only increases', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 60 }),
      fc.integer({ min: 0, max: 4 }),
      (ticks, reorder) => {
        const { dts, durations } = decode(ticks, reorder);
        for (let index = 1; index < dts.length; index++) expect(dts[index]).toBeGreaterThan(dts[index - 1] as number);
        for (const duration of durations) expect(duration).toBeGreaterThan(0);
      },
    ),
  );
});
