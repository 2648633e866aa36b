import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { Hub } from './hub.ts';
import { testRight } from './testing/test-right.ts';
import type { ViewerDescription, ViewerKind } from './viewer.ts';

let clock: TestClock;
let hub: Hub;
let ended: string[];

beforeEach(() => {
  clock = new TestClock();
  ended = [];
  const runner = {
    run: (_sink: unknown, signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
    retryNow: () => false,
  };
  const catalog = { has: () => true, hasSubstream: () => false, createRunner: () => runner };
  hub = new Hub(catalog, clock, { maxViewers: 10, lingerMs: 0 });
});
afterEach(() => hub.stop());

function watch(kind: ViewerKind, aliveUntilUs?: ViewerDescription['aliveUntilUs']) {
  return hub.watch('yard' as CameraId, 'main', {
    kind,
    who: 'ada',
    right: testRight(),
    ...(aliveUntilUs ? { aliveUntilUs } : {}),
    end: ({ code }) => ended.push(code),
  });
}

test('a viewer is ended when its newest sign of life expires, and its seat and camera become free', async () => {
  let heardUs = clock.nowUs();
  watch('rtsp', () => heardUs + 5_000_000);
  await clock.advance(4000);
  heardUs = clock.nowUs();
  await clock.advance(4999);
  expect(hub.viewers()).toHaveLength(1);
  await clock.advance(2);
  expect(hub.viewers()).toHaveLength(0);
  expect(ended).toEqual(['viewer-lost']);
  await clock.advance(1);
  expect(hub.runningSources).toBe(0);
});

test('an earlier expiry is noticed within a second', async () => {
  let goodForUs = 30_000_000;
  const cameUs = clock.nowUs();
  watch('webrtc', () => cameUs + goodForUs);
  await clock.advance(10_000);
  goodForUs = 0;
  await clock.advance(1001);
  expect(ended).toEqual(['viewer-lost']);
});

test('an output that reports no sign of life cannot keep a viewer', async () => {
  watch('mp4');
  await clock.advance(12_001);
  expect(ended).toEqual(['viewer-lost']);
});

test('recordings and stills need no signs of life', async () => {
  watch('record');
  watch('still');
  await clock.advance(3600_000);
  expect(hub.viewers()).toHaveLength(2);
});

test('nothing waits any more when the last viewer has left', async () => {
  const held = watch('hls', (nowUs) => nowUs + 1_000_000);
  await clock.advance(2500);
  held.close();
  await clock.advance(1);
  expect(clock.waiting).toBe(0);
});
