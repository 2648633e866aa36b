import { beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../shared/error-code.ts';
import type { AccessUnit, TrackInfo } from '../media/access-unit.ts';
import { GatewayError } from '../platform/errors.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { awaitCamera, CAMERA_WAIT_MS } from './camera-wait.ts';
import { type KeyFrame, Stream } from './stream.ts';

const VIDEO: TrackInfo = { kind: 'video', codec: 'h264', parameterSets: [] };

let clock: TestClock;
let stream: Stream;

beforeEach(() => {
  clock = new TestClock();
  stream = new Stream('door/main', clock);
});

function picture(keyframe: boolean): AccessUnit {
  return { track: 0, ptsUs: 0, receivedUs: clock.nowUs(), keyframe, payload: [Uint8Array.of(0x65)] };
}

function lose(code: ErrorCode, retryInMs?: number): void {
  const retryAtMs = retryInMs === undefined ? undefined : clock.wallMs() + retryInMs;
  stream.sink.lost(new GatewayError(code, `It is ${code}.`), retryAtMs);
}

function firstPicture(signal?: AbortSignal): Promise<KeyFrame> {
  return awaitCamera(stream, { clock, look: () => stream.keyFrame, ...(signal ? { signal } : {}) });
}

async function codeOf(waiting: Promise<unknown>): Promise<string> {
  return waiting.then(
    () => 'came',
    (error: GatewayError) => error.code,
  );
}

describe('a camera that is starting', () => {
  test('is waited for until it sends a picture that can be decoded', async () => {
    const waiting = firstPicture();
    stream.sink.step('connecting');
    await clock.advance(5000);
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(picture(false));
    stream.sink.publish(picture(true));
    expect((await waiting).unit.keyframe).toBe(true);
    stream.rest();
    expect(clock.waiting).toBe(0);
  });

  test('is waited for no longer than the limit, and the error says how far it came', async () => {
    const waiting = firstPicture();
    const refusal = expect(waiting).rejects.toThrow(/connected and has sent no picture yet/);
    stream.sink.step('waiting-for-picture');
    await clock.advance(CAMERA_WAIT_MS);
    await refusal;
    expect(clock.waiting).toBe(0);
  });

  test('that turns out to be gone is given up at once', async () => {
    const waiting = codeOf(firstPicture());
    stream.sink.step('connecting');
    lose('refused', 500);
    expect(await waiting).toBe('refused');
    expect(clock.waiting).toBe(0);
  });
});

describe('a camera that is known to be gone', () => {
  test.each([
    ['it refuses', 'refused', 8000],
    ['its network is down', 'no-route', 8000],
    ['it does not answer', 'timeout', 30_000],
    ['it wants another password', 'wrong-password', undefined],
    ['it was lost, and nobody tries again', 'camera-closed', undefined],
  ] as const)('says so at once: %s', async (_name, code, retryInMs) => {
    lose(code, retryInMs);
    expect(await codeOf(firstPicture())).toBe(code);
    expect(clock.waiting).toBe(0);
  });

  test('ends the wait even while it is tried again and even if it ran before', async () => {
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(picture(true));
    lose('no-route', 8000);
    stream.sink.step('connecting');
    const tracks = awaitCamera(stream, { clock, look: () => stream.tracks });
    expect(await codeOf(tracks)).toBe('no-route');
  });
});

test('after a mere loss of connection the wait goes on, because the next attempt shows more', async () => {
  stream.sink.tracks([VIDEO]);
  stream.sink.publish(picture(true));
  lose('camera-closed', 500);
  const tracks = awaitCamera(stream, { clock, look: () => (stream.state.phase === 'live' ? 'live' : undefined) });
  await clock.advance(500);
  stream.sink.step('connecting');
  stream.sink.tracks([VIDEO]);
  stream.sink.publish(picture(true));
  expect(await tracks).toBe('live');
});

test('a viewer whose right ends stops waiting and is told why', async () => {
  const ended = new AbortController();
  const waiting = codeOf(firstPicture(ended.signal));
  ended.abort(new GatewayError('share-revoked', 'This link was revoked.'));
  expect(await waiting).toBe('share-revoked');
  expect(await codeOf(firstPicture(AbortSignal.abort()))).toBe('viewer-lost');
  expect(clock.waiting).toBe(0);
});

test('something optional is left out after a shorter time', async () => {
  const shorter = { limitMs: 3000, instead: () => 'without' };
  const waiting = awaitCamera(stream, { clock, look: () => undefined, shorter });
  await clock.advance(3000);
  expect(await waiting).toBe('without');
});

test('a stream that ends ends the wait', async () => {
  const waiting = codeOf(firstPicture());
  stream.end(new GatewayError('stopping', 'The gateway is stopping.'));
  expect(await waiting).toBe('stopping');
});
