import { expect, test } from 'vitest';
import { TestClock } from './testing/test-clock.ts';
import { pause, type Settle, settleWithin } from './wait.ts';

function begin(signal?: AbortSignal) {
  const clock = new TestClock();
  const seen = { begun: 0, stopped: 0 };
  let answer: Settle<string> = { resolve: () => {}, reject: () => {} };
  const result = settleWithin({
    clock,
    timeoutMs: 1000,
    signal,
    late: () => {
      throw new Error('late');
    },
    aborted: () => 'aborted',
    begin: (settle) => {
      seen.begun++;
      answer = settle;
      return () => {
        seen.stopped++;
      };
    },
  });
  return { clock, seen, result, answer: () => answer };
}

test('the answer ends the wait once and stops what was begun', async () => {
  const { clock, seen, result, answer } = begin();
  answer().resolve('first');
  answer().resolve('second');
  answer().reject(new Error('third'));
  expect(await result).toBe('first');
  expect([seen.stopped, clock.waiting]).toEqual([1, 0]);
});

test('when the time is up, the wait rejects with what `late` throws', async () => {
  const { clock, seen, result } = begin();
  const refusal = expect(result).rejects.toThrow('late');
  await clock.advance(1000);
  await refusal;
  expect(seen.stopped).toBe(1);
});

test('when the signal aborts, the wait ends and leaves no timer behind', async () => {
  const abort = new AbortController();
  const { clock, seen, result } = begin(abort.signal);
  abort.abort();
  expect(await result).toBe('aborted');
  expect([seen.stopped, clock.waiting]).toEqual([1, 0]);
});

test('nothing is begun when the signal has aborted already', async () => {
  const { seen, result } = begin(AbortSignal.abort());
  expect(await result).toBe('aborted');
  expect(seen.begun).toBe(0);
});

test('an immediate answer also stops what was begun', async () => {
  const clock = new TestClock();
  let stopped = 0;
  const result = settleWithin({
    clock,
    timeoutMs: 1000,
    late: () => 'late',
    begin: ({ resolve }) => {
      resolve('at once');
      return () => {
        stopped++;
      };
    },
  });
  expect(await result).toBe('at once');
  expect([stopped, clock.waiting]).toEqual([1, 0]);
});

test('when `begin` throws, the wait rejects', async () => {
  const clock = new TestClock();
  const begin = (): undefined => {
    throw new Error('no seat');
  };
  await expect(settleWithin({ clock, timeoutMs: 1000, late: () => 'late', begin })).rejects.toThrow('no seat');
  expect(clock.waiting).toBe(0);
});

test('a pause ends with its time or with the signal', async () => {
  const clock = new TestClock();
  const abort = new AbortController();
  const ended: string[] = [];
  void pause(clock, 500).then(() => ended.push('time'));
  void pause(clock, 5000, abort.signal).then(() => ended.push('signal'));
  await clock.advance(500);
  expect(ended).toEqual(['time']);
  abort.abort();
  await clock.advance(0);
  expect(ended).toEqual(['time', 'signal']);
  expect(clock.waiting).toBe(0);
});
