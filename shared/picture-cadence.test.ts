import { expect, test } from 'vitest';
import { PictureCadence } from './picture-cadence.ts';

function limitAfter(intervalsMs: readonly number[]): number {
  const cadence = new PictureCadence();
  let atMs = 0;
  cadence.add(atMs);
  for (const intervalMs of intervalsMs) {
    atMs += intervalMs;
    cadence.add(atMs);
  }
  return cadence.limitMs;
}

const times = (count: number, intervalMs: number): number[] => Array<number>(count).fill(intervalMs);

test.each([
  ['nothing is known yet: time enough for a picture every five seconds', [], 10_500],
  ['one interval may be anything', [40], 10_500],
  ['25 pictures a second', times(100, 40), 1000],
  ['three pictures of a fast camera are enough to know it', [40, 40], 1000],
  ['a picture a second', times(5, 1000), 2300],
  ['a picture a second, give or take a third', [700, 1300, 1000, 1300, 700], 2900],
  ['a picture every five seconds', times(3, 5000), 10_300],
  ['one long silence is no habit', [...times(20, 40), 60_000, ...times(3, 40)], 1000],
  ['a camera that became slow is known after three pictures', [...times(100, 40), 5000, 5000, 5000], 10_300],
  ['a camera that became fast again is known after a second of it', [...times(9, 5000), ...times(32, 40)], 1000],
  ['a camera that sends bursts', times(6, 40).flatMap((usual) => [usual, usual, 600]), 1100],
  ['a camera that is a little uneven', times(6, 40).flatMap((usual) => [usual, usual, 400]), 1100],
  ['no limit is longer than half a minute', times(4, 60_000), 30_000],
])('%s', (_name, intervalsMs, expected) => {
  expect(limitAfter(intervalsMs)).toBe(expected);
});

test('the time between two connections does not count as an interval of the camera', () => {
  const cadence = new PictureCadence();
  for (const atMs of [0, 40, 80]) cadence.add(atMs);
  cadence.interrupt();
  for (const atMs of [9000, 9040]) cadence.add(atMs);
  cadence.interrupt();
  for (const atMs of [20_000, 20_040]) cadence.add(atMs);
  expect(cadence.limitMs).toBe(1000);
});
