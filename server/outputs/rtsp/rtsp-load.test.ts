import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SourceRunner } from '../../hub/hub.ts';
import { assetPath } from '../../platform/paths.ts';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { loopedCamera } from './testing/looped-camera.ts';
import { RawReader } from './testing/raw-reader.ts';
import { type ReaderGateway, startReaderGateway } from './testing/reader-gateway.ts';

let clip: VideoClip;
let heavy: VideoClip;
let gateway: ReaderGateway;
const readers: RawReader[] = [];

beforeAll(async () => {
  clip = await loadVideoClip(assetPath('main-720p.h264'));
  // 50 Mbit/s in groups of ten pictures, which is too much for a socket's buffers to hide.
  const padding = new Uint8Array(125_000).fill(0xa5);
  const frames = clip.frames.slice(0, 10).map((frame) => ({ ...frame, nals: [...frame.nals, slice(padding)] }));
  heavy = { ...clip, fps: 50, frames };
});

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.socket.destroy();
  await gateway.close();
});

/** The same picture as one that is not a key frame. */
function onlyPicture(frame: VideoClip['frames'][number]): VideoClip['frames'][number] {
  return { keyframe: false, nals: frame.nals.slice(-1) };
}

function slice(bytes: Uint8Array): Uint8Array {
  const nal = bytes.slice();
  nal[0] = 1;
  return nal;
}

async function connect(): Promise<RawReader> {
  const reader = await RawReader.connect(gateway.output.port);
  readers.push(reader);
  return reader;
}

describe('a slow reader', () => {
  test('skips to the next key frame and delays nobody', async () => {
    gateway = await startReaderGateway(() => loopedCamera(heavy));
    const [slow, quick] = [await connect(), await connect()];
    await slow.play(0);
    await quick.play(0);
    slow.socket.pause();
    await expect
      .poll(() => Math.max(...gateway.hub.viewers().map((viewer) => viewer.statistics?.().skippedFrames ?? 0)), {
        timeout: 10_000,
      })
      .toBeGreaterThan(0);
    const frames = quick.frames.length;
    await expect.poll(() => quick.frames.length).toBeGreaterThan(frames + 200);
    slow.socket.resume();
    const gaps = (): number => {
      const numbers = slow.packets(0).map(({ sequenceNumber }) => sequenceNumber);
      return numbers.slice(1).filter((number, at) => number !== (((numbers[at] ?? 0) + 1) & 0xffff)).length;
    };
    await expect.poll(gaps, { timeout: 10_000, interval: 200 }).toBeGreaterThan(0);
  });

  test('is dropped when it takes nothing for ten seconds', async () => {
    const clock = new TestClock();
    gateway = await startReaderGateway(() => loopedCamera(heavy), { clock });
    const reader = await connect();
    await reader.play(0);
    reader.socket.pause();
    await expect
      .poll(() => gateway.hub.viewers()[0]?.statistics?.().skippedFrames ?? 0, { timeout: 10_000 })
      .toBeGreaterThan(0);
    await clock.advance(10_001);
    expect(gateway.output.sessions).toBe(0);
    expect(gateway.hub.viewers()).toHaveLength(0);
  });
});

describe('a reader who joins late', () => {
  test('gets a long group of pictures completely, although no socket accepts it at once', async () => {
    const [key] = heavy.frames;
    if (!key) throw new Error('The clip is empty.');
    const frames = Array.from({ length: 150 }, (_, at) => (at === 0 ? key : onlyPicture(key)));
    const long = { ...heavy, fps: 30, frames };
    gateway = await startReaderGateway(() => loopedCamera(long));
    const first = await connect();
    await first.play(0);
    await expect.poll(() => first.packets(0).length, { timeout: 10_000, interval: 100 }).toBeGreaterThan(11_000);
    const reader = await connect();
    await reader.play(0);
    await expect.poll(() => reader.packets(0).length, { timeout: 5000, interval: 100 }).toBeGreaterThan(11_000);
    const numbers = reader.packets(0).map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers).toEqual(numbers.map((_, at) => ((numbers[0] ?? 0) + at) & 0xffff));
  });
});

describe('many readers', () => {
  test('a hundred at once see the same packets; nothing is left when they are gone', async () => {
    const clock = new TestClock();
    gateway = await startReaderGateway(() => loopedCamera(clip), { clock });
    const many = await Promise.all(Array.from({ length: 100 }, connect));
    await Promise.all(many.map((reader) => reader.play(0)));
    await expect.poll(() => Math.min(...many.map((reader) => reader.packets(0).length))).toBeGreaterThan(40);
    expect(gateway.hub.viewers()).toHaveLength(100);
    expect(gateway.hub.runningSources).toBe(1);
    const last = many.map((reader) => reader.packets(0).at(-1)?.ssrc);
    expect(new Set(last).size).toBe(1);
    for (const reader of many) reader.socket.destroy();
    await expect.poll(() => gateway.output.connections).toBe(0);
    expect(gateway.output.sessions).toBe(0);
    expect(gateway.hub.viewers()).toHaveLength(0);
    await clock.advance(1);
    expect(gateway.hub.runningSources).toBe(0);
    expect(clock.waiting).toBe(0);
  });

  test('two hundred readers that come and go leave no timer, viewer or socket', async () => {
    const clock = new TestClock();
    gateway = await startReaderGateway(() => loopedCamera(clip), { clock });
    for (let round = 0; round < 200; round++) {
      const reader = await connect();
      await reader.ask('DESCRIBE');
      if (round % 4 > 0) await reader.setUp(0);
      if (round % 4 > 1) await reader.ask('PLAY');
      if (round % 4 > 2) await reader.ask('TEARDOWN');
      reader.socket.destroy();
    }
    await expect.poll(() => gateway.output.connections).toBe(0);
    await clock.advance(1);
    expect([gateway.output.sessions, gateway.hub.viewers().length, gateway.hub.runningSources]).toEqual([0, 0, 0]);
    expect(clock.waiting).toBe(0);
  });

  test('a reader that does not wait for a starting camera leaves nothing either', async () => {
    const clock = new TestClock();
    const cold: SourceRunner = {
      retryNow: () => false,
      run: (_sink, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    };
    gateway = await startReaderGateway(() => cold, { clock });
    const reader = await connect();
    const described = reader.ask('DESCRIBE').catch(() => undefined);
    await expect.poll(() => gateway.hub.viewers().length).toBe(1);
    reader.socket.destroy();
    await described;
    await expect.poll(() => gateway.hub.viewers().length).toBe(0);
    await clock.advance(1);
    expect(clock.waiting).toBe(0);
  });

  test('closing the output ends every reader at once', async () => {
    gateway = await startReaderGateway(() => loopedCamera(clip));
    const many = await Promise.all(Array.from({ length: 5 }, connect));
    await Promise.all(many.map((reader) => reader.play(0)));
    await gateway.output.close();
    await Promise.all(many.map((reader) => reader.closed()));
    await gateway.output.close();
  });
});
