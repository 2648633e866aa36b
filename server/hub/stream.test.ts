import { beforeEach, describe, expect, test } from 'vitest';
import type { StreamState } from '../../shared/camera.ts';
import type { AccessUnit, TrackInfo } from '../media/access-unit.ts';
import { GatewayError } from '../platform/errors.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { Stream } from './stream.ts';
import type { StreamConsumer } from './subscription.ts';

const SPS = Uint8Array.of(0x67, 1);
const PPS = Uint8Array.of(0x68, 1);
const VIDEO: TrackInfo = { kind: 'video', codec: 'h264', parameterSets: [SPS, PPS] };
const AUDIO: TrackInfo = { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 };

class Recorder implements StreamConsumer {
  seen: AccessUnit[] = [];
  trackChanges: (readonly TrackInfo[])[] = [];
  states: StreamState[] = [];
  skippedFrames = 0;
  endedWith: GatewayError | undefined;
  takes = true;

  tracks(tracks: readonly TrackInfo[]): void {
    this.trackChanges.push(tracks);
  }
  unit(unit: AccessUnit): boolean {
    this.seen.push(unit);
    return this.takes;
  }
  state(state: StreamState): void {
    this.states.push(state);
  }
  skipped(frames: number): void {
    this.skippedFrames += frames;
  }
  ended(error: GatewayError): void {
    this.endedWith = error;
  }
}

let clock: TestClock;
let stream: Stream;

function frame(
  ptsMs: number,
  options: { key?: boolean; bytes?: number; sets?: Uint8Array[]; track?: number } = {},
): AccessUnit {
  const slice = new Uint8Array(options.bytes ?? 10);
  slice[0] = options.key ? 0x65 : 0x41;
  const payload = options.key ? [...(options.sets ?? [SPS, PPS]), slice] : [slice];
  const keyframe = options.key ?? false;
  return { track: options.track ?? 0, ptsUs: ptsMs * 1000, receivedUs: clock.nowUs(), keyframe, payload };
}

const pts = (units: readonly AccessUnit[]): number[] => units.map((unit) => unit.ptsUs / 1000);

beforeEach(() => {
  clock = new TestClock();
  stream = new Stream('front/main', clock);
});

describe('joining', () => {
  test('a new consumer gets the group of pictures from its key frame on, and then new units', () => {
    stream.sink.tracks([VIDEO]);
    for (const unit of [frame(0, { key: true }), frame(40), frame(80, { key: true }), frame(120)])
      stream.sink.publish(unit);
    const late = new Recorder();
    stream.subscribe(late);
    stream.sink.publish(frame(160));
    expect(pts(late.seen)).toEqual([80, 120, 160]);
    expect(late.trackChanges).toHaveLength(1);
  });

  test('without replay a new consumer starts at the next key frame', () => {
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(frame(0, { key: true }));
    const late = new Recorder();
    stream.subscribe(late, { replay: false });
    stream.sink.publish(frame(40));
    stream.sink.publish(frame(80, { key: true }));
    expect(pts(late.seen)).toEqual([80]);
  });

  test('pictures before the first key frame are counted and reported, but not passed on', () => {
    const viewer = new Recorder();
    stream.subscribe(viewer);
    stream.sink.step('asking');
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(frame(0));
    expect(viewer.seen).toHaveLength(0);
    expect(stream.counts.undecodable).toBe(1);
    expect(stream.state).toMatchObject({ phase: 'starting', step: 'waiting-for-key-frame' });
    expect(stream.state).not.toHaveProperty('keyFrameIntervalMs');
  });

  test('how long the wait for a key frame can be is known from the last time', () => {
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(frame(0, { key: true }));
    stream.sink.publish(frame(4000, { key: true }));
    stream.sink.publish(frame(6000, { key: true }));
    stream.rest();
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(frame(9000));
    expect(stream.state).toMatchObject({ step: 'waiting-for-key-frame', keyFrameIntervalMs: 4000 });
    stream.rest();
    stream.forgetPicture();
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(frame(9000));
    expect(stream.state, 'another camera now').not.toHaveProperty('keyFrameIntervalMs');
  });
});

describe('a slow consumer', () => {
  test('is held back, gets the waiting units, and goes on', () => {
    stream.sink.tracks([VIDEO]);
    const slow = new Recorder();
    const subscription = stream.subscribe(slow);
    slow.takes = false;
    for (const unit of [frame(0, { key: true }), frame(40), frame(80)]) stream.sink.publish(unit);
    expect(pts(slow.seen)).toEqual([0]);
    slow.takes = true;
    subscription.resume();
    expect(pts(slow.seen)).toEqual([0, 40, 80]);
    expect(subscription.queuedBytes).toBe(0);
  });

  test('past its limit skips to the next key frame, and is told how much it missed', () => {
    stream.sink.tracks([VIDEO]);
    const slow = new Recorder();
    const subscription = stream.subscribe(slow, { limits: { maxBytes: 100, maxMs: 10_000 } });
    slow.takes = false;
    stream.sink.publish(frame(0, { key: true }));
    for (let n = 1; n <= 20; n++) stream.sink.publish(frame(n * 40, { bytes: 30 }));
    expect(subscription.queuedBytes).toBeLessThanOrEqual(100);
    slow.takes = true;
    subscription.resume();
    stream.sink.publish(frame(900, { key: true }));
    expect(pts(slow.seen)).toEqual([0, 900]);
    expect(slow.skippedFrames).toBe(20);
  });

  test('the limit in time is kept too', async () => {
    stream.sink.tracks([VIDEO]);
    const slow = new Recorder();
    const subscription = stream.subscribe(slow, { limits: { maxBytes: 1e9, maxMs: 200 } });
    slow.takes = false;
    stream.sink.publish(frame(0, { key: true }));
    for (let n = 1; n < 12; n++) {
      await clock.advance(40);
      stream.sink.publish(frame(n * 40));
    }
    expect(subscription.skippedFrames).toBeGreaterThan(0);
  });
});

describe('a consumer that takes the cached pictures slowly', () => {
  test('gets all of it, however long and large it is', async () => {
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(frame(0, { key: true }));
    for (let n = 1; n < 250; n++) {
      await clock.advance(40);
      stream.sink.publish(frame(n * 40, { bytes: 40 }));
    }
    const joiner = new Recorder();
    joiner.takes = false;
    const subscription = stream.subscribe(joiner, { limits: { maxBytes: 1000, maxMs: 500 } });
    for (let n = 250; n < 255; n++) {
      await clock.advance(40);
      stream.sink.publish(frame(n * 40));
    }
    joiner.takes = true;
    subscription.resume();
    expect(pts(joiner.seen)).toEqual(Array.from({ length: 255 }, (_, n) => n * 40));
  });

  test('is still skipped ahead when it does not reach the present', async () => {
    stream.sink.tracks([VIDEO]);
    for (let n = 0; n < 5; n++) stream.sink.publish(frame(n * 40, { key: n === 0 }));
    const joiner = new Recorder();
    joiner.takes = false;
    const subscription = stream.subscribe(joiner, { limits: { maxBytes: 1000, maxMs: 500 } });
    for (let n = 5; n < 30; n++) {
      await clock.advance(40);
      stream.sink.publish(frame(n * 40));
    }
    expect(subscription.skippedFrames).toBeGreaterThan(0);
    expect(subscription.queuedBytes).toBe(0);
  });
});

describe('changes of the camera', () => {
  test('new parameter sets are announced before the key frame that needs them', () => {
    stream.sink.tracks([VIDEO]);
    const viewer = new Recorder();
    stream.subscribe(viewer);
    stream.sink.publish(frame(0, { key: true }));
    const other = Uint8Array.of(0x67, 2);
    stream.sink.publish(frame(40, { key: true, sets: [other, PPS] }));
    expect(viewer.trackChanges).toHaveLength(2);
    expect(viewer.trackChanges[1]?.[0]).toMatchObject({ parameterSets: [other, PPS] });
    expect(pts(viewer.seen)).toEqual([0, 40]);
  });

  test('the timeline goes on across a reconnect whose stamps begin anew', async () => {
    stream.sink.tracks([VIDEO]);
    const viewer = new Recorder();
    stream.subscribe(viewer);
    stream.sink.publish(frame(5000, { key: true }));
    await clock.advance(2000);
    stream.sink.lost(new GatewayError('camera-closed', 'gone'), undefined);
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(frame(0, { key: true }));
    stream.sink.publish(frame(40));
    const [first = 0, second = 0, third = 0] = pts(viewer.seen);
    expect(second - first).toBe(2000);
    expect(third - second).toBe(40);
  });

  test('sound is passed on in order with the picture', () => {
    stream.sink.tracks([VIDEO, AUDIO]);
    const viewer = new Recorder();
    stream.subscribe(viewer);
    stream.sink.publish(frame(0, { track: 1 }));
    stream.sink.publish(frame(10, { key: true }));
    stream.sink.publish(frame(20, { track: 1 }));
    expect(viewer.seen.map((unit) => unit.track)).toEqual([0, 1]);
  });
});

describe('state', () => {
  /** Sends pictures at this interval and then nothing. Returns after how long that counts as silence. */
  async function silenceAfterMs(intervalMs: number, pictures: number): Promise<number> {
    stream.sink.tracks([VIDEO]);
    for (let n = 0; n < pictures; n++) {
      if (n > 0) await clock.advance(intervalMs);
      expect(stream.state.phase, `before picture ${n}`).not.toBe('stalled');
      stream.sink.publish(frame(n * intervalMs, { key: n === 0 }));
    }
    for (let silentMs = 0; silentMs < 60_000; silentMs += 50) {
      if (stream.state.phase === 'stalled') return silentMs;
      await clock.advance(50);
    }
    throw new Error('The silence was never said.');
  }

  test.each([
    ['25 pictures a second', 40, 60, 1000],
    ['a picture a second', 1000, 6, 2300],
    ['a picture every five seconds', 5000, 4, 10_300],
    ['only one picture so far', 40, 1, 10_500],
  ])('%s: silence is said when this camera would have sent', async (_name, intervalMs, pictures, expected) => {
    expect(await silenceAfterMs(intervalMs, pictures)).toBe(expected);
    expect(stream.state).toEqual({ phase: 'stalled', sinceMs: clock.wallMs() - expected });
    stream.sink.publish(frame(pictures * intervalMs));
    expect(stream.state.phase).toBe('live');
  });

  test('sound that goes on does not count as a picture', async () => {
    stream.sink.tracks([VIDEO, AUDIO]);
    for (let n = 0; n < 4; n++) stream.sink.publish(frame(n * 40, { key: n === 0 }));
    const viewer = new Recorder();
    stream.subscribe(viewer);
    for (let n = 0; n < 250; n++) {
      await clock.advance(20);
      stream.sink.publish(frame(160 + n * 20, { track: 1 }));
    }
    expect(viewer.states.map(({ phase }) => phase)).toEqual(['live', 'stalled']);
  });

  test('a stream that has only sound is never called silent for lack of pictures', async () => {
    stream.sink.tracks([AUDIO]);
    stream.sink.publish(frame(0));
    await clock.advance(60_000);
    expect(stream.state.phase).toBe('live');
  });

  test('the offline state keeps its beginning during later attempts', async () => {
    stream.sink.lost(new GatewayError('refused', 'no'), clock.wallMs() + 500);
    const { sinceMs } = stream.state as { sinceMs: number };
    await clock.advance(1000);
    stream.sink.step('connecting');
    expect(stream.state).toMatchObject({ phase: 'offline', sinceMs, step: 'connecting' });
    expect(stream.state).not.toHaveProperty('retryAtMs');
    stream.sink.lost(new GatewayError('refused', 'no'), undefined);
    expect(stream.state).toMatchObject({ phase: 'offline', sinceMs });
  });

  test('without viewers nothing waits and nothing is cached', () => {
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(frame(0, { key: true }));
    stream.rest();
    expect(missedOf(stream)).toEqual([]);
    expect(stream.keyFrame).toBeUndefined();
    expect(clock.waiting).toBe(0);
    expect(stream.state.phase).toBe('idle');
  });

  test('every consumer is told about the end', () => {
    const viewer = new Recorder();
    stream.subscribe(viewer);
    stream.end(new GatewayError('stopping', 'bye'));
    expect(viewer.endedWith?.code).toBe('stopping');
  });
});

describe('the group of pictures', () => {
  test('is dropped when it exceeds its limits, and cached again from the next key frame on', () => {
    stream.sink.tracks([VIDEO]);
    stream.sink.publish(frame(0, { key: true }));
    for (let n = 1; n < 40; n++) stream.sink.publish(frame(n * 40, { bytes: 1024 * 1024 }));
    expect(missedOf(stream)).toHaveLength(0);
    stream.sink.publish(frame(2000, { key: true }));
    expect(missedOf(stream)).toHaveLength(1);
  });
});

/** What a new consumer gets. */
function missedOf(of: Stream): readonly AccessUnit[] {
  let missed: readonly AccessUnit[] = [];
  const told = (units: readonly AccessUnit[]): void => {
    missed = units;
  };
  of.subscribe({ tracks: () => {}, missed: told, unit: () => true }).close();
  return missed;
}
