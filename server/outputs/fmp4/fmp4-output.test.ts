import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import type { CameraId } from '../../../shared/ids.ts';
import { Hub } from '../../hub/hub.ts';
import type { StreamSink } from '../../hub/stream.ts';
import { testRight } from '../../hub/testing/test-right.ts';
import type { AudioTrack, TrackInfo } from '../../media/access-unit.ts';
import { noCounts } from '../../media/rtp/rtp-access-unit.ts';
import { AccessUnitAssembler } from '../../media/video/access-unit-assembler.ts';
import { splitAnnexB } from '../../media/video/annex-b.ts';
import { assetPath } from '../../platform/paths.ts';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { runJudge } from '../../simulators/outside-judge.ts';
import { createFmp4Output, type Fmp4Output } from './fmp4-output.ts';

const FPS = 15;
const SOUND: AudioTrack = { kind: 'audio', codec: 'pcmu', sampleRateHz: 8000, channels: 1 };
const REQUEST = {
  camera: 'door' as CameraId,
  quality: 'main',
  withSound: true,
  viewer: { who: 'me', right: testRight() },
} as const;

let clock: TestClock;
let hub: Hub;
let output: Fmp4Output;
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
  hub = new Hub({ has: () => true, hasSubstream: () => false, createRunner }, clock, { maxViewers: 9, lingerMs: 1e6 });
  output = createFmp4Output({ hub, clock, log: pino({ level: 'silent' }) });
});

function picturesOf(codec: 'h264' | 'h265', file: string) {
  const assembler = new AccessUnitAssembler(codec, [], noCounts());
  for (const nal of splitAnnexB(readFileSync(assetPath(file)))) assembler.push(nal, 0, 0);
  return assembler.take();
}

const SMALL = picturesOf('h264', 'long-gop-360p.h264');

/** Publishes pictures `from` to `to`, counted from the camera's start, and the sound that belongs to them. */
function publish(pictures: typeof SMALL, from: number, to: number): void {
  for (let index = from; index < to; index++) {
    const { keyframe, payload } = pictures[index % pictures.length] as (typeof pictures)[number];
    const ptsUs = Math.round((index * 1e6) / FPS);
    sink.publish({ track: 0, ptsUs, receivedUs: ptsUs, keyframe, payload });
    const samples = new Uint8Array(Math.round(8000 / FPS)).fill(0xff);
    sink.publish({ track: 1, ptsUs, receivedUs: ptsUs, keyframe: true, payload: [samples] });
  }
}

function connect(codec: 'h264' | 'h265' = 'h264'): void {
  const video: TrackInfo = { kind: 'video', codec, parameterSets: [] };
  sink.tracks([video, SOUND]);
}

/** A reader that keeps what it has received so far. */
async function open(withRecap = false) {
  const live = await output.openLive({ ...REQUEST, withRecap }, AbortSignal.timeout(60_000));
  const target = new PassThrough();
  const chunks: Buffer[] = [];
  target.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => target.on('end', resolve));
  live.start(target);
  return { ended, bytes: () => Buffer.concat(chunks) };
}

async function judged(mp4: Uint8Array): Promise<{ complaints: string; starts: string[]; size: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'oriel-fmp4-'));
  try {
    const file = path.join(folder, 'live.mp4');
    await writeFile(file, mp4);
    // The times of a recap's pictures are closer together than one tick of a usual clip.
    const times = ['-fps_mode', 'passthrough', '-enc_time_base', '1:90000'];
    const { stderr } = await runJudge('ffmpeg', ['-v', 'warning', '-xerror', '-i', file, ...times, '-f', 'null', '-']);
    const what = ['-show_entries', 'stream=start_time,width,height', '-of', 'json'];
    const { stdout } = await runJudge('ffprobe', ['-v', 'error', ...what, file]);
    const { streams } = JSON.parse(stdout.toString());
    const starts = streams.map((stream: { start_time: string }) => Number(stream.start_time).toFixed(1));
    return { complaints: stderr, starts, size: `${streams[0].width}x${streams[0].height}` };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test.each([
  ['with every picture at its time', false],
  ['with a recap', true],
])('a reader who comes when the camera has long been running begins at zero, %s', async (_name, withRecap) => {
  const opening = open();
  connect();
  publish(SMALL, 0, 1000);
  await opening;
  const late = await open(withRecap);
  publish(SMALL, 1000, 1060);
  await clock.advance(0);
  expect(await judged(late.bytes())).toEqual({ complaints: '', starts: ['0.0', '0.0'], size: '640x360' });
});

test.each([
  ['size', 'h264', 'main-720p.h264'],
  ['codec', 'h265', 'main-720p.h265'],
] as const)('another %s ends the answer; who comes back sees the new picture', async (_what, codec, file) => {
  const opening = open();
  connect();
  publish(SMALL, 0, 40);
  const before = await opening;
  connect(codec);
  const large = picturesOf(codec, file);
  publish(large, 50, 100);
  await before.ended;
  expect(hub.viewers()).toEqual([]);
  expect(await judged(before.bytes())).toMatchObject({ complaints: '', size: '640x360' });
  const after = await open();
  publish(large, 100, 150);
  await clock.advance(0);
  expect(await judged(after.bytes())).toMatchObject({ complaints: '', size: '1280x720' });
});

test('a viewer gets a picture that arrived before the stream of fragments was told about it', async () => {
  const watch = hub.watch(REQUEST.camera, 'main', { ...REQUEST.viewer, kind: 'mp4', end: () => undefined });
  const seen: (string | undefined)[] = [];
  // This subscribes first, so that each unit comes here before the stream of fragments has it.
  let fragmentOf: (unit: Parameters<typeof lease.fragments.fragmentOf>[0]) => unknown = () => undefined;
  watch.subscribe({
    tracks: () => {},
    unit: (unit) => {
      if (unit.track === 0) seen.push(typeof fragmentOf(unit));
      return true;
    },
  });
  const lease = output.acquire(watch.stream, true);
  fragmentOf = (unit) => lease.fragments.fragmentOf(unit);
  connect();
  publish(SMALL, 0, 20);
  expect(seen).toEqual(Array.from({ length: 20 }, () => 'object'));
  lease.release();
});
