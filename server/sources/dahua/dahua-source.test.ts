import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceContext } from '../../hub/source.ts';
import type { AccessUnit, TrackInfo } from '../../media/access-unit.ts';
import { systemClock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { type DahuaDemo, type DahuaDemoOptions, startDahuaDemo } from '../../simulators/dahua-demo.ts';
import { DahuaDevices } from './dahua-devices.ts';
import { createDahuaSource } from './dahua-source.ts';
import { parseDahuaUrl } from './dahua-url.ts';

const log = pino({ level: 'silent' });
const memory = { get: () => undefined, set: () => {} };
const closers: (() => void | Promise<void>)[] = [];
let devices: DahuaDevices;

const dial: SourceContext['dial'] = async () => {
  throw new GatewayError('internal', 'A Dahua camera is not dialled by address.');
};

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: DahuaDemoOptions = {}): Promise<DahuaDemo> {
  const demo = await startDahuaDemo(options);
  const timings = { directGraceMs: 1000, punchMs: 1000, deadAfterMs: 3000, rebuildFirstMs: 500, rebuildMaxMs: 1000 };
  devices = new DahuaDevices({ clock: systemClock, log, clouds: [demo.cloud], timings });
  closers.push(
    () => demo.close(),
    () => devices.close(),
  );
  return demo;
}

type Watch = { readonly units: AccessUnit[]; readonly tracks: TrackInfo[][]; readonly ended: Promise<unknown> };

function watch(demo: DahuaDemo, url = demo.camera.url, password = demo.camera.password): Watch {
  const abort = new AbortController();
  const units: AccessUnit[] = [];
  const tracks: TrackInfo[][] = [];
  const spec = { url, username: demo.camera.username, password, transport: 'auto', connectTimeoutMs: 8000 } as const;
  const source = createDahuaSource(spec, { dial, clock: systemClock, log, memory, devices });
  const sink = {
    tracks: (info: readonly TrackInfo[]) => void tracks.push([...info]),
    publish: (unit: AccessUnit) => void units.push(unit),
    step: () => {},
  };
  const ended = source.run(sink, abort.signal).then(
    () => undefined,
    (error) => error,
  );
  closers.push(async () => {
    abort.abort();
    expect(await ended).toBeUndefined();
  });
  return { units, tracks, ended };
}

const pictures = ({ units }: Watch): AccessUnit[] => units.filter((unit) => unit.track === 0);

/** The longest time without a picture so far, in milliseconds. */
function longestGapMs(watched: Watch): number {
  const times = pictures(watched).map((unit) => unit.receivedUs / 1000);
  return times.reduce((longest, time, index) => Math.max(longest, time - (times[index - 1] ?? time)), 0);
}

describe.each([
  ['type 0, direct', { isOpen: true }],
  ['type 1, direct', {}],
  ['type 0, relay', { isOpen: true, knobs: { isUnpunchable: true } }],
  ['type 1, relay', { knobs: { isUnpunchable: true } }],
] satisfies [string, DahuaDemoOptions][])('a camera behind %s', (_name, options) => {
  test('shows its picture and sound', async () => {
    const watched = watch(await start(options));
    await expect.poll(() => pictures(watched).length, { timeout: 8000 }).toBeGreaterThan(30);
    expect(watched.tracks[0]).toMatchObject([
      { kind: 'video', codec: 'h264' },
      { kind: 'audio', codec: 'pcmu' },
    ]);
    expect(longestGapMs(watched)).toBeLessThan(2000);
  });
});

test('main stream and substream share one session', async () => {
  const demo = await start();
  const both = [watch(demo), watch(demo, demo.camera.substream)];
  await expect
    .poll(() => Math.min(...both.map((each) => pictures(each).length)), { timeout: 8000 })
    .toBeGreaterThan(10);
  expect(demo.device.realms).toBe(2);
});

describe('when the direct path is cut in the middle of the picture', () => {
  let watched: Watch;
  let demo: DahuaDemo;

  beforeEach(async () => {
    demo = await start();
    watched = watch(demo);
    await expect.poll(() => pictures(watched).length, { timeout: 8000 }).toBeGreaterThan(10);
  });

  test('viewers miss less than five seconds, and nothing when it comes back', async () => {
    demo.device.isDirectCut = true;
    const before = pictures(watched).length;
    await expect.poll(() => pictures(watched).length, { timeout: 8000 }).toBeGreaterThan(before + 30);
    const lostMs = longestGapMs(watched);
    expect(lostMs).toBeLessThan(5000);
    expect(watched.tracks).toHaveLength(2);
    demo.device.isDirectCut = false;
    await expect.poll(() => watched.tracks.length, { timeout: 10_000 }).toBe(3);
    const after = pictures(watched).length;
    await expect.poll(() => pictures(watched).length, { timeout: 8000 }).toBeGreaterThan(after + 20);
    expect(longestGapMs(watched)).toBe(lostMs);
  });
});

test('a wrong password for an open device is said by its RTSP server', async () => {
  const demo = await start({ isOpen: true });
  const watched = watch(demo, demo.camera.url, 'guess');
  expect(await watched.ended).toMatchObject({ code: 'wrong-password' });
  closers.pop();
});

test.each([
  ['dahua://4C0A1B2PAJ12345', '/cam/realmonitor?channel=1&subtype=0'],
  ['dahua://4C0A1B2PAJ12345/cam/realmonitor?channel=3&subtype=1', '/cam/realmonitor?channel=3&subtype=1'],
])('%s', (url, path) => {
  expect(parseDahuaUrl(url)).toEqual({ serial: '4C0A1B2PAJ12345', path });
});

test.each(['dahua://', 'dahua://192.168.1.5/cam', 'dahua://4C0A1B2PAJ12345:80/x', 'rtsp://4C0A1B2PAJ12345/'])(
  '%s is no address of a Dahua device',
  (url) => {
    expect(() => parseDahuaUrl(url)).toThrow(GatewayError);
  },
);
