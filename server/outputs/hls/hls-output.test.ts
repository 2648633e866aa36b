import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import type { CameraId } from '../../../shared/ids.ts';
import { Hub } from '../../hub/hub.ts';
import type { StreamSink } from '../../hub/stream.ts';
import { testRight } from '../../hub/testing/test-right.ts';
import { noCounts } from '../../media/rtp/rtp-access-unit.ts';
import { AccessUnitAssembler } from '../../media/video/access-unit-assembler.ts';
import { splitAnnexB } from '../../media/video/annex-b.ts';
import { assetPath } from '../../platform/paths.ts';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { validateMediaPlaylist } from '../../protocols/hls/testing/validator.ts';
import { runJudge } from '../../simulators/outside-judge.ts';
import { samplesIn, type ToldSample } from '../../testing/fmp4-samples.ts';
import { createFmp4Output, type Fmp4Output } from '../fmp4/fmp4-output.ts';
import { createHlsOutput, type HlsOutput } from './hls-output.ts';

const CAMERA = 'door' as CameraId;
const ME = testRight();
const TV = '192.0.2.1 a television';
const REQUEST = {
  camera: CAMERA,
  quality: 'main',
  withSound: true,
  withRecap: false,
  viewer: { who: 'me', right: ME },
  reader: TV,
} as const;
const GONE = AbortSignal.timeout(60_000);

let clock: TestClock;
let hub: Hub;
let fmp4: Fmp4Output;
let output: HlsOutput;
let sink: StreamSink;

beforeEach(() => {
  clock = new TestClock();
  const createRunner = () => ({
    run: (to: StreamSink, signal: AbortSignal): Promise<void> => {
      sink = to;
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    },
    retryNow: () => false,
  });
  hub = new Hub({ has: () => true, hasSubstream: () => false, createRunner }, clock, { maxViewers: 9, lingerMs: 0 });
  const log = pino({ level: 'silent' });
  fmp4 = createFmp4Output({ hub, clock, log });
  output = createHlsOutput({ hub, clock, log, fmp4 });
});

function assembled(codec: 'h264' | 'h265', bytes: Uint8Array) {
  const assembler = new AccessUnitAssembler(codec, [], noCounts());
  for (const nal of splitAnnexB(bytes)) assembler.push(nal, 0, 0);
  return assembler.take();
}

function picturesOf(codec: 'h264' | 'h265', file: string) {
  return assembled(codec, readFileSync(assetPath(file)));
}

const pictures = picturesOf('h264', 'sub-360p.h264');

/** What ffmpeg prints about it. */
async function judge(mp4: Uint8Array): Promise<{ complaints: string; size: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'oriel-hls-'));
  try {
    const file = path.join(folder, 'clip.mp4');
    await writeFile(file, mp4);
    const { stderr } = await runJudge('ffmpeg', ['-v', 'warning', '-xerror', '-i', file, '-f', 'null', '-']);
    const what = ['-show_entries', 'stream=width,height', '-of', 'csv=p=0:s=x'];
    const { stdout } = await runJudge('ffprobe', ['-v', 'error', ...what, file]);
    return { complaints: stderr, size: stdout.toString().trim() };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function publish(from: number, to: number): void {
  for (const [index, { keyframe, payload }] of pictures.slice(from, to).entries()) {
    const ptsUs = Math.round(((from + index) * 1e6) / 15);
    sink.publish({ track: 0, ptsUs, receivedUs: clock.nowUs(), keyframe, payload });
  }
}

function connect(): void {
  sink.tracks([{ kind: 'video', codec: 'h264', parameterSets: [] }]);
}

function address(index: string): { epoch: string; id: string } {
  const [, epoch = '', id = ''] = /^([\w-]+)\/live\.m3u8\?session=([\w-]+)$/m.exec(index) ?? [];
  return { epoch, id };
}

async function open(): Promise<{ epoch: string; id: string }> {
  const opening = output.open(REQUEST, '', GONE);
  connect();
  publish(0, 10);
  return address(await opening);
}

test('a viewer counts from its first playlist until ten seconds after its last one', async () => {
  const { epoch, id } = await open();
  await clock.advance(9000);
  await output.session(epoch, id, ME, TV).playlist({ delta: false, suffix: '' }, GONE);
  await clock.advance(9900);
  expect(hub.viewers()).toMatchObject([{ kind: 'hls', who: 'me' }]);
  await clock.advance(200);
  expect(hub.viewers()).toEqual([]);
  expect([output.activeStreams, fmp4.activeStreams]).toEqual([0, 0]);
  expect(() => output.session(epoch, id, ME, TV)).toThrow(/has ended/);
  await clock.advance(1000);
  expect([hub.runningSources, clock.waiting]).toEqual([0, 0]);
});

test('a viewer that waits for a slow camera counts', async () => {
  const opening = output.open(REQUEST, '', GONE);
  await clock.advance(15_000);
  expect(hub.viewers()).toHaveLength(1);
  connect();
  publish(0, 10);
  expect(await opening).toContain('live.m3u8');
});

test('a reload that waits for a silent camera is answered with the reason', async () => {
  const { epoch, id } = await open();
  const session = output.session(epoch, id, ME, TV);
  const waiting = session.playlist({ delta: false, suffix: '', mediaSequence: 2, part: 0 }, GONE);
  const refusal = expect(waiting).rejects.toMatchObject({ code: 'stalled' });
  await clock.advance(13_000);
  await refusal;
});

test('all viewers share one set of parts', async () => {
  const first = await open();
  const second = address(await output.open(REQUEST, '', GONE));
  expect(second.epoch).toBe(first.epoch);
  expect([hub.viewers().length, output.activeStreams, fmp4.activeStreams]).toEqual([2, 1, 1]);
  const stream = output.stream(first.epoch, true);
  expect(stream.object('0.0.m4s')?.chunks[0]).toBe(stream.object('0.0.m4s')?.chunks[0]);
});

const SOUND = { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 } as const;

test('when sound begins, the playback ends, so that the player opens it again with a sound track', async () => {
  const { epoch, id } = await open();
  sink.tracks([{ kind: 'video', codec: 'h264', parameterSets: [] }, SOUND]);
  expect(() => output.session(epoch, id, ME, TV)).toThrow(/has ended/);
  expect(hub.viewers()).toEqual([]);
});

test.each([
  ['size', 'h264', 'main-720p.h264', 'avc1.64001f'],
  ['codec', 'h265', 'main-720p.h265', 'hvc1'],
] as const)(
  'another %s makes a discontinuity with a new map; the old one is kept as long as it is listed',
  async (_what, codec, file, entry) => {
    const { epoch, id } = await open();
    const session = output.session(epoch, id, ME, TV);
    const playlist = (): Promise<string> => session.playlist({ delta: false, suffix: '' }, GONE);
    expect(await playlist()).toContain('URI="init-1.mp4"');
    const stream = output.stream(epoch, true);
    sink.tracks([{ kind: 'video', codec, parameterSets: [] }]);
    const changed = picturesOf(codec, file);
    const publishMore = (from: number, to: number): void => {
      for (let index = from; index < to; index++) {
        const { keyframe, payload } = changed[index % changed.length] as (typeof changed)[number];
        sink.publish({ track: 0, ptsUs: 1e6 + (index * 1e6) / 15, receivedUs: clock.nowUs(), keyframe, payload });
      }
    };
    publishMore(0, 100);
    const text = await playlist();
    expect(validateMediaPlaylist(text)).toEqual([]);
    expect(text).toContain('#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-2.mp4"\n');
    const bytesOf = (name: string): Uint8Array => Buffer.concat(stream.object(name)?.chunks ?? []);
    const judged = await judge(Buffer.concat([bytesOf('init-2.mp4'), bytesOf('1.m4s')]));
    expect(judged).toEqual({ complaints: '', size: '1280x720' });
    expect(Buffer.from(bytesOf('init-2.mp4')).toString('latin1')).toContain(entry.slice(0, 4));
    publishMore(100, 1500);
    expect(await playlist()).not.toContain('init-1.mp4');
    expect(stream.object('init-1.mp4')).toBeUndefined();
  },
);

test('when a camera reconnects, the same playback goes on with a discontinuity', async () => {
  const { epoch, id } = await open();
  await output.session(epoch, id, ME, TV).playlist({ delta: false, suffix: '' }, GONE);
  await clock.advance(4000);
  connect();
  publish(0, 10);
  const text = await output.session(epoch, id, ME, TV).playlist({ delta: false, suffix: '' }, GONE);
  expect(text).toContain('#EXT-X-DISCONTINUITY\n');
});

test('a playback can only be used by the person who opened it', async () => {
  const { epoch, id } = await open();
  expect(() => output.session(epoch, id, testRight(), TV)).toThrow(/has ended/);
  expect(() => output.session(epoch, id, ME, '192.0.2.2 a television')).toThrow(/has ended/);
});

test('the wait for a camera that never answers ends with the camera’s own reason', async () => {
  const opening = output.open(REQUEST, '', AbortSignal.timeout(50));
  await expect(opening).rejects.toMatchObject({ code: 'viewer-lost' });
  expect(hub.viewers()).toEqual([]);
});

test.each([
  ['pictures that are shown as they come', 0],
  ['B-frames', 2],
])('a recap of %s begins with a picture at the time of its first piece, each is told once', async (_what, bFrames) => {
  const keyEvery = 28;
  const options = `keyint=${keyEvery}:min-keyint=${keyEvery}:scenecut=0:b-adapt=0:open-gop=0`;
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', `${bFrames}`, '-x264-params', options];
  const input = ['-v', 'error', '-r', '15', '-i', assetPath('sub-360p.h264')];
  const { stdout } = await runJudge('ffmpeg', [...input, '-frames:v', '84', ...encoder, '-f', 'h264', '-']);
  const coded = assembled('h264', stdout);
  const opening = output.open({ ...REQUEST, withRecap: true }, '', GONE);
  connect();
  const publishCoded = (from: number, to: number): void => {
    for (const [at, { keyframe, payload }] of coded.slice(from, to).entries()) {
      // A picture and then the two B-frames that are shown before it, again and again.
      const position = (from + at) % keyEvery;
      const aheadFrames = bFrames === 0 || position === 0 ? 0 : position % 3 === 1 ? 2 : -1;
      const ptsUs = Math.round(((from + at + aheadFrames + 1) * 1e6) / 15);
      sink.publish({ track: 0, ptsUs, receivedUs: clock.nowUs(), keyframe, payload });
    }
  };
  publishCoded(0, 50);
  const { epoch, id } = address(await opening);
  const text = await output.session(epoch, id, ME, TV).playlist({ delta: false, suffix: '' }, GONE);
  expect(validateMediaPlaylist(text)).toEqual([]);
  publishCoded(50, 80);
  const names = [...new Set(text.match(/[\d.]+recap-[\d.]+m4s/g))];
  expect(names).toHaveLength(3);
  const stream = output.stream(epoch, true);
  const pieces = names.map((name) => samplesIn(stream.object(name)?.chunks ?? []));
  const [key, next] = pieces.flat() as [ToldSample, ToldSample];
  expect(key.presentationTicks).toBe(key.decodeTicks);
  expect(next.presentationTicks - key.presentationTicks).toBeLessThanOrEqual(2 * key.durationTicks);
  const shown = pieces.flat().map(({ presentationTicks }) => presentationTicks);
  expect(new Set(shown).size).toBe(shown.length);
  expect(Math.min(...shown)).toBe(shown[0]);
  // A picture that is shown between those of another piece is only a moment early or late.
  const sorted = [...shown].sort((a, b) => a - b);
  for (const [index, ticks] of sorted.slice(2).entries())
    expect(ticks - (sorted[index + 1] as number)).toBeLessThan(0.1 * 90_000);
});
