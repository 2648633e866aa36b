import { afterEach, expect, test } from 'vitest';
import { giveMemoryBack } from './memory-rest.ts';
import { TestClock } from './testing/test-clock.ts';

let stop = (): void => {};
afterEach(() => stop());

/** What nothing holds any more, as V8 keeps it as long as nobody asks for memory. */
function garbage(): WeakRef<object> {
  return new WeakRef({ pictures: new Uint8Array(1024) });
}

test('when everybody left and nobody came back, memory is given back', async () => {
  const clock = new TestClock();
  let viewers = 1;
  stop = giveMemoryBack(() => viewers > 0, clock);
  await clock.advance(60_000);
  const left = garbage();
  await clock.advance(60_000);
  expect(left.deref(), 'nothing is held up while somebody watches').toBeDefined();
  viewers = 0;
  await clock.advance(25_000);
  expect(left.deref(), 'whoever reloads the page is waited for').toBeDefined();
  await clock.advance(20_000);
  expect(left.deref()).toBeUndefined();
});

test('a gateway that nobody ever watched collects nothing', async () => {
  const clock = new TestClock();
  stop = giveMemoryBack(() => false, clock);
  const some = garbage();
  await clock.advance(300_000);
  expect(some.deref()).toBeDefined();
});
