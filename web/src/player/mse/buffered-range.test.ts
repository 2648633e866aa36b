import { expect, test } from 'vitest';
import { islandS, liveRange } from './buffered-range.ts';

const buffered = (...ranges: readonly (readonly [number, number])[]) => ({
  length: ranges.length,
  start: (at: number) => ranges[at]?.[0] ?? 0,
  end: (at: number) => ranges[at]?.[1] ?? 0,
});

test.each([
  ['nothing', buffered(), undefined],
  ['one range', buffered([1, 9]), [1, 9]],
  ['a picture that came before those in front of it', buffered([1, 9], [9.12, 9.16]), [1, 9]],
  ['two such pictures', buffered([1, 9], [9.04, 9.08], [9.16, 9.2]), [1, 9]],
  ['a new beginning behind a hole', buffered([1, 9], [11, 11.04]), [11, 11.04]],
  ['a beginning that has grown', buffered([1, 9], [9.2, 9.8]), [9.2, 9.8]],
  ['an island behind a new beginning', buffered([1, 9], [11, 12], [12.08, 12.12]), [11, 12]],
])('the live range of %s', (_name, ranges, expected) => {
  const range = liveRange(ranges);
  expect(range && [range.startS, range.endS]).toEqual(expected);
});

test('an island tells how long a picture lasts', () => {
  expect(islandS(buffered([1, 9], [9.12, 9.16]))).toBeCloseTo(0.04);
  expect(islandS(buffered([1, 9], [11, 11.04]))).toBeUndefined();
  expect(islandS(buffered([1, 9]))).toBeUndefined();
});
