import { beforeEach, describe, expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { GatewayError } from '../platform/errors.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { type CameraCatalog, Hub, type SourceRunner } from './hub.ts';
import type { Right } from './right.ts';
import type { StreamSink } from './stream.ts';
import { testRight } from './testing/test-right.ts';

const FRONT = 'front' as CameraId;
const YARD = 'yard' as CameraId;

/** Sources that connect at once and stay until they are aborted. */
class Cameras implements CameraCatalog {
  knock: (() => Promise<void>) | undefined;
  running = 0;
  starts: string[] = [];
  retries: string[] = [];
  waitsForPerson = false;
  sinks = new Map<string, StreamSink>();

  has(camera: CameraId): boolean {
    return camera === FRONT || camera === YARD;
  }
  hasSubstream(camera: CameraId): boolean {
    return camera === FRONT;
  }
  createRunner(camera: CameraId, quality: 'main' | 'sub'): SourceRunner {
    const key = `${camera}/${quality}`;
    return {
      run: async (sink, signal) => {
        this.starts.push(key);
        this.running++;
        this.sinks.set(key, sink);
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        this.running--;
      },
      retryNow: (because) => {
        this.retries.push(because);
        return because === 'person-asked' || !this.waitsForPerson;
      },
      ...(this.knock && { knock: this.knock }),
    };
  }
}

function viewer(right = testRight()): {
  kind: 'webrtc';
  who: string;
  right: Right;
  aliveUntilUs(nowUs: number): number;
  end(reason: GatewayError): void;
  ends: string[];
} {
  const ends: string[] = [];
  const aliveUntilUs = (nowUs: number) => nowUs + 1_000_000;
  return { kind: 'webrtc', who: 'Ada', right, ends, aliveUntilUs, end: (reason) => void ends.push(reason.code) };
}

let clock: TestClock;
let cameras: Cameras;
let hub: Hub;

beforeEach(() => {
  clock = new TestClock();
  cameras = new Cameras();
  hub = new Hub(cameras, clock, { maxViewers: 3, lingerMs: 15_000 });
});

describe('a source', () => {
  test('starts with the first viewer and only once, however many watch', () => {
    expect(cameras.starts).toEqual([]);
    hub.watch(FRONT, 'main', viewer());
    hub.watch(FRONT, 'main', viewer());
    expect(cameras.starts).toEqual(['front/main']);
  });

  test('lingers after the last viewer, then stops, and nothing is left behind', async () => {
    const watch = hub.watch(FRONT, 'main', viewer());
    watch.close();
    watch.close();
    await clock.advance(14_000);
    expect(cameras.running).toBe(1);
    await clock.advance(2000);
    expect(cameras.running).toBe(0);
    expect(clock.waiting).toBe(0);
    expect(hub.runningSources).toBe(0);
  });

  test('goes on when somebody comes back during the linger', async () => {
    hub.watch(FRONT, 'main', viewer()).close();
    await clock.advance(10_000);
    hub.watch(FRONT, 'main', viewer());
    await clock.advance(60_000);
    expect(cameras.starts).toEqual(['front/main']);
    expect(cameras.running).toBe(1);
  });

  test('is asked not to wait when a viewer comes, and when a person asks', async () => {
    hub.watch(FRONT, 'main', viewer());
    hub.watch(FRONT, 'main', viewer());
    await clock.advance(5000);
    hub.retryNow(FRONT, 'household');
    expect(cameras.retries).toEqual(['viewer-came', 'person-asked']);
  });

  test('is tried once in five seconds, however many ask', async () => {
    hub.watch(FRONT, 'main', viewer());
    for (let n = 0; n < 100; n++) hub.retryNow(FRONT, n % 2 ? 'guest' : 'household');
    hub.watch(FRONT, 'main', viewer());
    expect(cameras.retries).toHaveLength(1);
    await clock.advance(5000);
    for (let n = 0; n < 100; n++) hub.retryNow(FRONT, 'household');
    expect(cameras.retries).toHaveLength(2);
  });

  test('with a wrong password waits for the household: guests neither try it nor keep others from trying', () => {
    cameras.waitsForPerson = true;
    hub.watch(FRONT, 'main', viewer());
    for (let n = 0; n < 100; n++) hub.retryNow(FRONT, 'guest');
    expect(cameras.retries).not.toContain('person-asked');
    hub.retryNow(FRONT, 'household');
    expect(cameras.retries.filter((because) => because === 'person-asked')).toHaveLength(1);
  });

  test('starts anew when settings change, and keeps its viewers', async () => {
    const someone = viewer();
    hub.watch(FRONT, 'main', someone);
    await hub.restartCamera(FRONT);
    expect(cameras.starts).toEqual(['front/main', 'front/main']);
    expect(cameras.running).toBe(1);
    expect(someone.ends).toEqual([]);
  });

  test('a viewer who comes while it stops finds it running again', async () => {
    const watch = hub.watch(FRONT, 'main', viewer());
    const restarting = hub.restartCamera(FRONT);
    watch.close();
    hub.watch(FRONT, 'main', viewer());
    await restarting;
    await clock.advance(1);
    expect(cameras.running).toBe(1);
  });
});

describe('which viewers are accepted', () => {
  test('an unknown camera, one viewer too many, and a gateway that stops are told apart', async () => {
    expect(() => hub.watch('nope' as CameraId, 'main', viewer())).toThrow(
      expect.objectContaining({ code: 'camera-not-found' }),
    );
    for (const id of ['a', 'b', 'c']) hub.watch(FRONT, 'main', viewer(testRight('session', id)));
    expect(() => hub.watch(FRONT, 'main', viewer())).toThrow('3 of 3 people are watching.');
    await hub.stop();
    expect(() => hub.watch(FRONT, 'main', viewer())).toThrow(expect.objectContaining({ code: 'stopping' }));
  });

  test('a camera without a substream shows its main stream in the grid', () => {
    expect(hub.watch(YARD, 'sub', viewer()).viewer.quality).toBe('main');
    expect(hub.watch(FRONT, 'sub', viewer()).viewer.quality).toBe('sub');
  });
});

describe('an offer that does not connect', () => {
  const offer = (id: string) => ({ ...viewer(testRight('session', id)), isOffer: true });
  const fill = () =>
    ['a', 'b', 'c'].map((id) => {
      const someone = offer(id);
      return { viewer: someone, watch: hub.watch(FRONT, 'main', someone) };
    });

  test('holds its seat for three seconds, and takes a free one when it connects later', async () => {
    const [late] = fill();
    await clock.advance(2900);
    expect(() => hub.watch(FRONT, 'main', viewer())).toThrow('3 of 3 people');
    await clock.advance(200);
    hub.watch(FRONT, 'main', viewer());
    late?.watch.connected();
    expect(late?.viewer.ends).toEqual([]);
  });

  test('ends when it connects late and its seat is taken', async () => {
    const [late] = fill();
    await clock.advance(3100);
    for (const id of ['d', 'e', 'f']) hub.watch(FRONT, 'main', viewer(testRight('session', id)));
    late?.watch.connected();
    expect(late?.viewer.ends).toEqual(['too-many-viewers']);
  });

  test('keeps its seat once it is connected', async () => {
    for (const { watch } of fill()) watch.connected();
    await clock.advance(60_000);
    expect(() => hub.watch(FRONT, 'main', viewer())).toThrow('3 of 3 people');
  });
});

describe('ending viewers', () => {
  test('the end of a right ends the viewers who watch with it and no others, and refuses new ones', () => {
    const shared = viewer(testRight('link'));
    const user = viewer();
    hub.watch(FRONT, 'main', shared);
    hub.watch(FRONT, 'main', user);
    shared.right.end(new GatewayError('share-revoked', 'revoked'));
    expect(shared.ends).toEqual(['share-revoked']);
    expect(user.ends).toEqual([]);
    expect(hub.viewers()).toHaveLength(1);
    expect(() => hub.watch(FRONT, 'main', shared)).toThrow(expect.objectContaining({ code: 'share-revoked' }));
  });

  test('a kicked player does not come back by itself; another by the same right may', () => {
    const link = testRight('link');
    const player = (visit: string) => ({ ...viewer(link), visit });
    const first = player('first');
    const { viewer: kicked } = hub.watch(FRONT, 'main', first);
    hub.kick(kicked);
    expect(first.ends).toEqual(['view-ended']);
    expect(() => hub.watch(FRONT, 'main', player('first'))).toThrow(expect.objectContaining({ code: 'view-ended' }));
    hub.watch(FRONT, 'main', player('second'));
    hub.watch(FRONT, 'main', { ...viewer(testRight('link', '2')), visit: 'first' });
    expect(hub.viewers()).toHaveLength(2);
  });

  test('a removed camera ends its viewers and its source', async () => {
    const someone = viewer();
    hub.watch(FRONT, 'main', someone);
    await hub.removeCamera(FRONT);
    expect(someone.ends).toEqual(['camera-not-found']);
    expect(cameras.running).toBe(0);
    expect(hub.stream(FRONT, 'main')).toBeUndefined();
  });

  test('stopping ends everything and waits for the sources', async () => {
    hub.watch(FRONT, 'main', viewer());
    hub.watch(YARD, 'main', viewer());
    await hub.stop();
    expect(cameras.running).toBe(0);
    expect(hub.viewers()).toHaveLength(0);
    expect(clock.waiting).toBe(0);
  });
});

describe('a camera that falls silent', () => {
  const KEY = 'front/main';
  async function fallSilent(): Promise<unknown[]> {
    const causes: unknown[] = [];
    hub.on('stream-state', (_camera, _quality, state) => {
      if (state.phase === 'stalled') causes.push(state.cause);
    });
    hub.watch(FRONT, 'main', viewer());
    const sink = cameras.sinks.get(KEY);
    sink?.tracks([{ kind: 'video', codec: 'h264', parameterSets: [] }]);
    for (let n = 0; n < 4; n++) {
      const receivedUs = clock.nowUs();
      sink?.publish({ track: 0, ptsUs: receivedUs, receivedUs, keyframe: true, payload: [Uint8Array.of(0x65)] });
      await clock.advance(40);
    }
    await clock.advance(2000);
    return causes;
  }

  test('and can be reached has stopped by itself', async () => {
    cameras.knock = async () => undefined;
    expect(await fallSilent()).toEqual(['being-found-out', 'camera']);
  });

  test('and cannot be reached was cut off', async () => {
    cameras.knock = async () => {
      throw new GatewayError('no-route', 'Nobody is there.');
    };
    expect(await fallSilent()).toEqual(['being-found-out', 'uplink']);
  });

  test('and cannot be checked is only called silent', async () => {
    expect(await fallSilent()).toEqual([undefined]);
  });
});

test('a camera that is away goes on being tried until its viewers have asked again', async () => {
  const watch = hub.watch(FRONT, 'main', viewer());
  cameras.sinks.get(`${FRONT}/main`)?.lost(new GatewayError('no-route', 'No way.'), clock.wallMs() + 5000);
  watch.close();
  await clock.advance(8000);
  const again = hub.watch(FRONT, 'main', viewer());
  expect(again.stream.state).toMatchObject({ phase: 'offline', code: 'no-route' });
  expect(cameras.starts).toHaveLength(1);
  again.close();
  await clock.advance(60_000);
  expect(hub.runningSources).toBe(0);
});
