// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { FrameWatch } from './frame-watch.ts';

type Shown = { readonly mediaTime: number; readonly rtpTimestamp?: number };

/** A video as a browser makes one, whose pictures come when a test says so. */
function open(newestStamp: () => number | undefined = () => undefined) {
  let callback: ((nowMs: number, metadata: Shown) => void) | undefined;
  const video = {
    currentTime: 0,
    requestVideoFrameCallback: (next: typeof callback) => {
      callback = next;
      return 1;
    },
    cancelVideoFrameCallback: () => undefined,
    getVideoPlaybackQuality: () => ({ totalVideoFrames: 0 }),
  };
  const watch = new FrameWatch(
    video as unknown as HTMLVideoElement,
    () => undefined,
    newestStamp,
    () => false,
  );
  return { watch, show: (nowMs: number, shown: Shown) => callback?.(nowMs, shown) };
}

test.each<[string, readonly Shown[], number]>([
  ['each picture of a live stream', [1, 2, 3].map((at) => ({ mediaTime: at, rtpTimestamp: at * 3600 })), 2],
  [
    'not what is sent again',
    [
      { mediaTime: 1, rtpTimestamp: 3600 },
      { mediaTime: 2, rtpTimestamp: 7201 },
    ],
    0,
  ],
  [
    'not the same picture when the page is shown again',
    [
      { mediaTime: 1, rtpTimestamp: 3600 },
      { mediaTime: 1, rtpTimestamp: 3600 },
    ],
    0,
  ],
  [
    'a later one across the end of RTP time',
    [
      { mediaTime: 1, rtpTimestamp: 2 ** 32 - 2 },
      { mediaTime: 2, rtpTimestamp: 3600 },
    ],
    1,
  ],
  ['without stamps, each picture further on', [{ mediaTime: 1 }, { mediaTime: 2 }], 1],
  ['without stamps, none at the same place', [{ mediaTime: 1 }, { mediaTime: 1 }], 0],
])('news: %s', (_name, pictures, expected) => {
  const { watch, show } = open();
  for (const [at, picture] of pictures.entries()) show(at, picture);
  expect(watch.newsAtMs).toBe(expected);
  expect(watch.frames).toBe(pictures.length);
  expect(watch.isMarked).toBe(pictures[0]?.rtpTimestamp !== undefined);
});

test('a browser that does not tell the stamp of a picture is asked for the newest one', () => {
  const { watch, show } = open(() => 7201);
  show(5, { mediaTime: 1 });
  expect([watch.isMarked, watch.newsAtMs]).toEqual([true, undefined]);
});
