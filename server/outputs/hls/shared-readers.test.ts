import { beforeEach, expect, test } from 'vitest';
import type { Watch } from '../../hub/hub.ts';
import { GatewayError } from '../../platform/errors.ts';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { SharedReaders } from './shared-readers.ts';

let clock: TestClock;
let seats: number;
let readers: SharedReaders;
let answer: () => void;
let answered: Promise<void>;

beforeEach(() => {
  clock = new TestClock();
  seats = 2;
  answered = new Promise((resolve) => {
    answer = resolve;
  });
  const takeSeat = (): Watch => {
    if (seats === 0) throw new GatewayError('too-many-viewers', '3 of 3 viewers of this link are watching.');
    seats--;
    return { close: () => void seats++ } as Watch;
  };
  readers = new SharedReaders(takeSeat, clock, 10_000);
});

const ask = (part: number) => readers.serve({ mediaSequence: 7, part }, () => answered);

test('one reader that asks for one part after the other takes no more seats', async () => {
  const asking = [ask(1), ask(2), ask(3)];
  answer();
  await Promise.all(asking);
  for (let second = 0; second < 30; second++) {
    await readers.serve({}, async () => undefined);
    await clock.advance(1000);
  }
  expect(seats).toBe(2);
});

test('every further reader that waits for the same part takes a seat or is refused', async () => {
  const asking = [ask(1), ask(1), ask(1)];
  await expect(ask(1)).rejects.toMatchObject({ code: 'too-many-viewers' });
  expect(seats).toBe(0);
  answer();
  await Promise.all(asking);
  await clock.advance(9000);
  expect(seats).toBe(0);
  await clock.advance(1000);
  expect([seats, clock.waiting]).toEqual([2, 0]);
});

test('readers that do not wait are counted by how often they ask together', async () => {
  const asked = Array.from({ length: 12 }, () => readers.serve({}, async () => undefined).catch(({ code }) => code));
  const outcome = await Promise.all(asked);
  expect([outcome.filter((code) => code === undefined).length, seats]).toEqual([9, 0]);
  readers.close();
  expect([seats, clock.waiting]).toEqual([2, 0]);
});
