import { beforeEach, describe, expect, test } from 'vitest';
import type { CameraId } from '../../shared/ids.ts';
import { GatewayError } from '../platform/errors.ts';
import { TestClock } from '../platform/testing/test-clock.ts';
import { type CameraCatalog, Hub, type SourceRunner } from './hub.ts';
import type { StreamSink } from './stream.ts';

const FRONT = 'front' as CameraId;
const YARD = 'yard' as CameraId;

/** Sources that connect at once and stay until told to go. */
class Cameras implements CameraCatalog {
  running = 0;
  starts: string[] = [];
  retries: string[] = [];
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
      retryNow: (because) => void this.retries.push(because),
    };
  }
}

function viewer(grants: string[] = []): {
  kind: 'webrtc';
  who: string;
  grants: string[];
  end(reason: GatewayError): void;
  ends: string[];
} {
  const ends: string[] = [];
  return { kind: 'webrtc', who: 'Ada', grants, ends, end: (reason) => void ends.push(reason.code) };
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
  test('starts with the first viewer, once however many watch', () => {
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

  test('goes on when somebody comes back within the linger', async () => {
    hub.watch(FRONT, 'main', viewer()).close();
    await clock.advance(10_000);
    hub.watch(FRONT, 'main', viewer());
    await clock.advance(60_000);
    expect(cameras.starts).toEqual(['front/main']);
    expect(cameras.running).toBe(1);
  });

  test('is asked not to wait when a viewer comes', () => {
    hub.watch(FRONT, 'main', viewer());
    hub.watch(FRONT, 'main', viewer());
    hub.retryNow(FRONT);
    expect(cameras.retries).toEqual(['viewer-came', 'person-asked']);
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

describe('who may come', () => {
  test('an unknown camera, one viewer too many, and a gateway that stops are told apart', async () => {
    expect(() => hub.watch('nope' as CameraId, 'main', viewer())).toThrow(
      expect.objectContaining({ code: 'camera-not-found' }),
    );
    for (let n = 0; n < 3; n++) hub.watch(FRONT, 'main', viewer());
    expect(() => hub.watch(FRONT, 'main', viewer())).toThrow('3 of 3 viewers are watching.');
    await hub.stop();
    expect(() => hub.watch(FRONT, 'main', viewer())).toThrow(expect.objectContaining({ code: 'stopping' }));
  });

  test('a camera without a substream shows its main stream in the grid', () => {
    expect(hub.watch(YARD, 'sub', viewer()).viewer.quality).toBe('main');
    expect(hub.watch(FRONT, 'sub', viewer()).viewer.quality).toBe('sub');
  });
});

describe('ending viewers', () => {
  test('a revoked grant ends those who carry it and no one else', () => {
    const shared = viewer(['share:1']);
    const user = viewer(['user:1']);
    hub.watch(FRONT, 'main', shared);
    hub.watch(FRONT, 'main', user);
    const count = hub.endViewers((who) => who.grants.includes('share:1'), new GatewayError('share-revoked', 'revoked'));
    expect(count).toBe(1);
    expect(shared.ends).toEqual(['share-revoked']);
    expect(user.ends).toEqual([]);
    expect(hub.viewers()).toHaveLength(1);
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
