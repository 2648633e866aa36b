import { afterEach, expect, test } from 'vitest';
import { giveMemoryBack } from './memory-rest.ts';
import { TestClock } from './testing/test-clock.ts';

let stop = (): void => {};
afterEach(() => stop());

/** Garbage that V8 keeps as long as no memory is allocated. */
function garbage(): WeakRef<object> {
  return new WeakRef({ pictures: new Uint8Array(1024) });
}

test('memory is given back when everybody has left and nobody comes back', async () => {
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

test('a gateway that nobody has ever watched does not collect garbage', async () => {
  const clock = new TestClock();
  stop = giveMemoryBack(() => false, clock);
  const some = garbage();
  await clock.advance(300_000);
  expect(some.deref()).toBeDefined();
});
