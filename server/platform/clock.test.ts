import { expect, test } from 'vitest';
import { callAt, systemClock } from './clock.ts';
import { TestClock } from './testing/test-clock.ts';

const DAY_MS = 24 * 3600_000;

test('a moment that is too far away for setTimeout is waited for by the wall clock, even when the clock is changed', async () => {
  const clock = new TestClock();
  let calls = 0;
  callAt(clock, clock.wallMs() + 60 * DAY_MS, () => calls++);
  await clock.advance(60_000);
  clock.setWall(clock.wallMs() + 59 * DAY_MS);
  await clock.advance(60_000);
  expect(calls).toBe(0);
  clock.setWall(clock.wallMs() + DAY_MS);
  await clock.advance(1000);
  expect(calls).toBe(1);
  expect(clock.waiting).toBe(0);
});

test('a far moment does not fire at once on the real clock', async () => {
  let calls = 0;
  const cancel = callAt(systemClock, Date.now() + 400 * DAY_MS, () => calls++);
  await new Promise((resolve) => setTimeout(resolve, 30));
  cancel();
  expect(calls).toBe(0);
});

test('a past moment fires at once, no moment never fires, and a cancelled one does not fire', async () => {
  const clock = new TestClock();
  const calls: string[] = [];
  callAt(clock, clock.wallMs() - 5, () => calls.push('over'));
  callAt(clock, undefined, () => calls.push('none'));
  callAt(clock, clock.wallMs() + 5, () => calls.push('cancelled'))();
  await clock.advance(10);
  expect(calls).toEqual(['over']);
});
