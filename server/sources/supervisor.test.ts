import pino from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../shared/error-code.ts';
import type { SourceAdapter, SourceSink } from '../hub/source.ts';
import type { StreamSink } from '../hub/stream.ts';
import { GatewayError } from '../platform/errors.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { backoffMs, DEFAULT_RETRY, supervise } from './supervisor.ts';

const log = pino({ level: 'silent' });
type Loss = { code: string; inMs: number | undefined };

let clock: TestClock;
let losses: Loss[];
let attempts = 0;
let stop: AbortController;

function sink(): StreamSink {
  return {
    tracks: () => {},
    publish: () => {},
    step: () => {},
    lost: (error, retryAtMs) =>
      void losses.push({ code: error.code, inMs: retryAtMs === undefined ? undefined : retryAtMs - clock.wallMs() }),
  };
}

/** A source that does, on its nth attempt, what `plan` says. */
function source(plan: (attempt: number, sink: SourceSink, signal: AbortSignal) => Promise<void>): SourceAdapter {
  return { run: (to, signal) => plan(++attempts, to, signal) };
}

const fails = (code: ErrorCode) => async (): Promise<void> => {
  throw new GatewayError(code, 'no');
};
const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

beforeEach(() => {
  clock = new TestClock();
  losses = [];
  attempts = 0;
  stop = new AbortController();
});

test('waiting times double up to the limit and never run in step', () => {
  expect([1, 2, 3, 7, 20].map((n) => backoffMs(DEFAULT_RETRY, n, 0.5))).toEqual([500, 1000, 2000, 30_000, 30_000]);
  expect(backoffMs(DEFAULT_RETRY, 1, 0)).toBe(400);
  expect(backoffMs(DEFAULT_RETRY, 1, 1)).toBe(600);
});

test('a lost camera is tried again, and each loss says when', async () => {
  const done = supervise(source(fails('refused')), DEFAULT_RETRY, clock, log).run(sink(), stop.signal);
  await clock.advance(5000);
  expect(attempts).toBeGreaterThanOrEqual(3);
  expect(losses[0]?.inMs).toBeGreaterThanOrEqual(400);
  stop.abort();
  await done;
  expect(clock.waiting).toBe(0);
});

test('a wrong password stops everything but a person', async () => {
  const runner = supervise(source(fails('wrong-password')), DEFAULT_RETRY, clock, log);
  const done = runner.run(sink(), stop.signal);
  await clock.advance(3_600_000);
  runner.retryNow('viewer-came');
  await clock.advance(60_000);
  expect(attempts).toBe(1);
  expect(losses).toEqual([{ code: 'wrong-password', inMs: undefined }]);
  runner.retryNow('person-asked');
  await clock.advance(1000);
  expect(attempts).toBe(2);
  stop.abort();
  await done;
});

test('a camera that is switched off is not asked every second', async () => {
  const switchedOff = source(async () => {
    throw new GatewayError('camera-off', 'off');
  });
  const done = supervise(switchedOff, DEFAULT_RETRY, clock, log).run(sink(), stop.signal);
  await clock.advance(31_000);
  expect(attempts).toBe(3);
  stop.abort();
  await done;
});

test('a new viewer cuts the waiting short and starts the times from the beginning', async () => {
  const runner = supervise(source(fails('refused')), DEFAULT_RETRY, clock, log);
  const done = runner.run(sink(), stop.signal);
  await clock.advance(100_000);
  const before = attempts;
  runner.retryNow('viewer-came');
  await clock.advance(10);
  expect(attempts).toBe(before + 1);
  expect(losses.at(-1)?.inMs).toBeLessThanOrEqual(600);
  stop.abort();
  await done;
});

test('for five minutes a lost camera is asked every five seconds, then at the longest interval', async () => {
  const done = supervise(source(fails('timeout')), DEFAULT_RETRY, clock, log).run(sink(), stop.signal);
  await clock.advance(290_000);
  expect(attempts).toBeGreaterThanOrEqual(58);
  expect(Math.max(...losses.map((loss) => loss.inMs ?? 0))).toBeLessThanOrEqual(5000);
  await clock.advance(20_000);
  expect(losses.at(-1)?.inMs).toBeGreaterThanOrEqual(24_000);
  stop.abort();
  await done;
});

test('a first waiting time that was set longer is kept', async () => {
  const policy = { ...DEFAULT_RETRY, firstMs: 12_000 };
  const done = supervise(source(fails('timeout')), policy, clock, log).run(sink(), stop.signal);
  await clock.advance(100_000);
  expect(losses.every((loss) => loss.inMs === undefined || loss.inMs >= 9600)).toBe(true);
  stop.abort();
  await done;
});

describe('a camera that can be knocked at', () => {
  let listensFromMs: number;
  let knocks: number;
  const knock = async (): Promise<void> => {
    knocks++;
    if (clock.wallMs() < listensFromMs) throw new GatewayError('refused', 'nobody there');
  };

  beforeEach(() => {
    knocks = 0;
    listensFromMs = Number.POSITIVE_INFINITY;
  });

  test('is asked nothing while nobody listens, and asked within a second when somebody does', async () => {
    const done = supervise({ ...source(fails('refused')), knock }, DEFAULT_RETRY, clock, log).run(sink(), stop.signal);
    await clock.advance(100_000);
    expect(attempts).toBe(1);
    expect(knocks).toBeLessThanOrEqual(120);
    listensFromMs = clock.wallMs();
    await clock.advance(1010);
    expect(attempts).toBe(2);
    stop.abort();
    await done;
    expect(clock.waiting).toBe(0);
  });

  test('is not asked more often because it listens and fails all the same', async () => {
    listensFromMs = 0;
    const done = supervise({ ...source(fails('bad-data')), knock }, DEFAULT_RETRY, clock, log).run(sink(), stop.signal);
    await clock.advance(60_000);
    expect(attempts).toBeLessThanOrEqual(17);
    stop.abort();
    await done;
  });

  test('is left in peace after five minutes', async () => {
    const done = supervise({ ...source(fails('refused')), knock }, DEFAULT_RETRY, clock, log).run(sink(), stop.signal);
    await clock.advance(400_000);
    const [knocksBefore, attemptsBefore] = [knocks, attempts];
    await clock.advance(300_000);
    expect(knocks).toBe(knocksBefore);
    expect(attempts - attemptsBefore).toBeLessThanOrEqual(13);
    stop.abort();
    await done;
  });

  test('is not knocked at when its password is wrong', async () => {
    const runner = supervise({ ...source(fails('wrong-password')), knock }, DEFAULT_RETRY, clock, log);
    const done = runner.run(sink(), stop.signal);
    await clock.advance(100_000);
    expect([attempts, knocks]).toEqual([1, 0]);
    stop.abort();
    await done;
  });
});

test('after the last allowed attempt nothing more is tried', async () => {
  const policy = { ...DEFAULT_RETRY, maxAttempts: 2 };
  const done = supervise(source(fails('refused')), policy, clock, log).run(sink(), stop.signal);
  await clock.advance(600_000);
  expect(attempts).toBe(2);
  expect(losses.at(-1)?.inMs).toBeUndefined();
  stop.abort();
  await done;
});

describe('liveness is media arriving', () => {
  const picture = (to: SourceSink, track: number): void =>
    to.publish({ track, ptsUs: 0, receivedUs: clock.nowUs(), keyframe: true, payload: [] });

  test('a connection that falls silent is given up', async () => {
    const runner = supervise(
      source(async (_n, to, signal) => {
        to.tracks([{ kind: 'video', codec: 'h264', parameterSets: [] }]);
        picture(to, 0);
        await untilAborted(signal);
      }),
      DEFAULT_RETRY,
      clock,
      log,
    );
    const done = runner.run(sink(), stop.signal);
    await clock.advance(13_000);
    expect(losses[0]?.code).toBe('stalled');
    stop.abort();
    await done;
    expect(clock.waiting).toBe(0);
  });

  test('sound alone does not keep a camera alive that also has a picture', async () => {
    const runner = supervise(
      source(async (_n, to, signal) => {
        to.tracks([
          { kind: 'video', codec: 'h264', parameterSets: [] },
          { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 },
        ]);
        picture(to, 0);
        const speak = (): void => {
          if (signal.aborted) return;
          picture(to, 1);
          clock.after(20, speak);
        };
        speak();
        await untilAborted(signal);
      }),
      DEFAULT_RETRY,
      clock,
      log,
    );
    const done = runner.run(sink(), stop.signal);
    await clock.advance(13_000);
    expect(losses[0]?.code).toBe('stalled');
    stop.abort();
    await done;
  });

  test('a few seconds of pictures start the waiting times from the beginning', async () => {
    const runner = supervise(
      source(async (attempt, to, signal) => {
        if (attempt < 6) throw new GatewayError('refused', 'no');
        to.tracks([{ kind: 'video', codec: 'h264', parameterSets: [] }]);
        for (let n = 0; n < 6 && !signal.aborted; n++) {
          picture(to, 0);
          await new Promise<void>((resolve) => clock.after(1000, resolve));
        }
        throw new GatewayError('camera-closed', 'gone');
      }),
      DEFAULT_RETRY,
      clock,
      log,
    );
    const done = runner.run(sink(), stop.signal);
    await clock.advance(100_000);
    const loss = losses.find((entry) => entry.code === 'camera-closed');
    expect(loss?.inMs).toBeLessThanOrEqual(600);
    stop.abort();
    await clock.advance(2000);
    await done;
  });
});
