import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CAMERA_WAIT_MS } from '../../hub/camera-wait.ts';
import { Stream } from '../../hub/stream.ts';
import type { AudioTrack, TrackInfo } from '../../media/access-unit.ts';
import { noCounts } from '../../media/rtp/rtp-access-unit.ts';
import { AccessUnitAssembler } from '../../media/video/access-unit-assembler.ts';
import { splitAnnexB } from '../../media/video/annex-b.ts';
import { GatewayError } from '../../platform/errors.ts';
import { assetPath } from '../../platform/paths.ts';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { recordStream } from './record-stream.ts';
import { recordToFile } from './record-to-file.ts';
import { unitWriterOf } from './unit-writer.ts';

const SOUND: AudioTrack = { kind: 'audio', codec: 'pcma', sampleRateHz: 8000, channels: 1 };
const FRAME_US = 66_667;

let folder: string;
let clock: TestClock;
let stream: Stream;
const never = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'oriel-record-'));
  clock = new TestClock();
  stream = new Stream('door/main', clock);
});
afterEach(() => rmSync(folder, { recursive: true }));

function pictures(name: string, codec: 'h264' | 'h265') {
  const assembler = new AccessUnitAssembler(codec, [], noCounts());
  for (const nal of splitAnnexB(readFileSync(assetPath(name)))) assembler.push(nal, 0, 0);
  assembler.marker();
  return assembler.take();
}

const H264 = pictures('sub-360p.h264', 'h264');

function connect(codec: 'h264' | 'h265' = 'h264'): void {
  const video: TrackInfo = { kind: 'video', codec, parameterSets: [] };
  stream.sink.tracks([video, SOUND]);
}

/** This many pictures with their sound, beginning at a time that is far from zero. */
function send(count: number, frames = H264, from = 0): void {
  const startUs = 5_000_000;
  for (let index = from; index < count; index++) {
    const frame = frames[index % frames.length];
    if (!frame) return;
    const ptsUs = startUs + index * FRAME_US;
    stream.sink.publish({ ...frame, track: 0, ptsUs, receivedUs: ptsUs });
    const payload = [new Uint8Array(533).fill(0xd5)];
    stream.sink.publish({ track: 1, ptsUs, receivedUs: ptsUs, keyframe: true, payload });
  }
}

type Stream_ = { codec_name: string; nb_read_packets: string; duration: string; start_time: string };

function ffprobe(file: string): { streams: Stream_[]; format: { duration: string; start_time: string } } {
  execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-i', file, '-f', 'null', '-']);
  const what = ['-count_packets', '-show_streams', '-show_format', '-of', 'json'];
  return JSON.parse(execFileSync('ffprobe', ['-v', 'error', ...what, file]).toString());
}

describe('an MP4', () => {
  test('has its length, begins at zero and holds every picture once', async () => {
    const file = path.join(folder, 'clip.mp4');
    const recording = recordToFile(stream, file, { durationMs: 4000 }, clock, never);
    connect();
    send(100);
    expect(await recording).toMatchObject({ pictures: 60, skippedPictures: 0 });
    const { streams, format } = ffprobe(file);
    expect(streams.map(({ codec_name, nb_read_packets }) => [codec_name, nb_read_packets])).toEqual([
      ['h264', '60'],
      ['flac', expect.stringMatching(/^(59|60)$/)],
    ]);
    expect(Number(format.start_time)).toBeCloseTo(0, 2);
    expect(Number(format.duration)).toBeCloseTo(4, 1);
  });

  test('can be searched: a player finds the picture for any time', async () => {
    const file = path.join(folder, 'clip.mp4');
    const recording = recordToFile(stream, file, { durationMs: 9000 }, clock, never);
    connect();
    send(150);
    await recording;
    const args = ['-v', 'error', '-ss', '5', '-i', file, '-frames:v', '1', '-f', 'framemd5', '-'];
    const all = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:v', '-f', 'framemd5', '-']).toString();
    const found = /([0-9a-f]{32})$/m.exec(execFileSync('ffmpeg', args).toString())?.[1] ?? 'nothing';
    expect(all.split('\n').filter((line) => line.includes(found))).toHaveLength(1);
  });

  test('is kept complete and searchable when the recording is interrupted', async () => {
    const file = path.join(folder, 'clip.mp4');
    const stop = new AbortController();
    const recording = recordToFile(stream, file, {}, clock, stop.signal);
    connect();
    send(20);
    stop.abort();
    expect(await recording).toMatchObject({ pictures: 20 });
    expect(ffprobe(file).streams[0]?.nb_read_packets).toBe('20');
  });

  test('keeps both picture sizes when the camera changes its size during the recording', async () => {
    const file = path.join(folder, 'clip.mp4');
    const stop = new AbortController();
    const recording = recordToFile(stream, file, {}, clock, stop.signal);
    connect();
    send(30);
    await new Promise((resolve) => setTimeout(resolve, 100));
    send(60, [...H264.slice(0, 30), ...pictures('main-720p.h264', 'h264').slice(0, 30)], 30);
    stop.abort();
    await recording;
    expect(ffprobe(file).streams[0]?.nb_read_packets).toBe('60');
  });
});

test.each([
  ['clip.h264', 'h264', 'sub-360p.h264'],
  ['clip.h265', 'h265', 'main-720p.h265'],
] as const)('%s is the byte stream as the camera sent it', async (name, codec, asset) => {
  const file = path.join(folder, name);
  const recording = recordToFile(stream, file, { durationMs: 2000 }, clock, never);
  connect(codec);
  send(40, pictures(asset, codec));
  await recording;
  const packets = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'packet=flags', '-of', 'csv', file]);
  expect(packets.toString().trim().split('\n')).toHaveLength(30);
});

test('an MP4 on a pipe grows in fragments that can be read as they come', async () => {
  const target = new PassThrough();
  const chunks: Buffer[] = [];
  target.on('data', (chunk: Buffer) => chunks.push(chunk));
  const options = { durationMs: 2000, createWriter: unitWriterOf('mp4') };
  const recording = recordStream(stream, target, options, clock, never);
  connect();
  send(60);
  await recording;
  const bytes = Buffer.concat(chunks);
  expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
  const packets = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'packet=codec_type', '-of', 'csv', '-'], {
    input: bytes,
  });
  expect(packets.toString().match(/video/g)).toHaveLength(30);
});

describe('what cannot be recorded is explained in a sentence', () => {
  test.each([
    ['a name that says nothing', 'clip.avi', 'bad-request'],
    ['a folder that is not there', 'nowhere/clip.mp4', 'bad-request'],
  ])('%s', async (_name, name, code) => {
    const recording = recordToFile(stream, path.join(folder, name), { durationMs: 1000 }, clock, never);
    await expect(recording).rejects.toMatchObject({ code });
  });

  test('H.265 in a file for H.264', async () => {
    const recording = recordToFile(stream, path.join(folder, 'clip.h264'), { durationMs: 1000 }, clock, never);
    connect('h265');
    await expect(recording).rejects.toThrow('The camera sends H.265: choose h265 or mp4, not h264.');
  });

  test('a camera that sends nothing', async () => {
    const recording = recordToFile(stream, path.join(folder, 'clip.mp4'), { durationMs: 1000 }, clock, never);
    const refusal = expect(recording).rejects.toMatchObject({ code: 'timeout' });
    await clock.advance(CAMERA_WAIT_MS);
    await refusal;
    expect(clock.waiting).toBe(0);
  });

  test('a camera that falls silent', async () => {
    const recording = recordToFile(stream, path.join(folder, 'clip.mp4'), { durationMs: 9000 }, clock, never);
    connect();
    send(20);
    const refusal = expect(recording).rejects.toMatchObject({ code: 'stalled' });
    await clock.advance(30_000);
    await refusal;
    stream.rest();
    expect(clock.waiting).toBe(0);
  });
});

describe('a file that is there already', () => {
  const file = (): string => path.join(folder, 'clip.mp4');
  const refusal = new GatewayError('refused', 'Nothing listens on this port.');
  beforeEach(() => writeFileSync(file(), 'the only picture of the thief'));

  test.each([
    ['refuses', refusal, 500],
    ['wants another password', new GatewayError('wrong-password', 'The password is wrong.'), undefined],
  ])('is left alone when the camera %s, which is said at once', async (_how, reason, retryInMs) => {
    const recording = recordToFile(stream, file(), {}, clock, never);
    stream.sink.step('connecting');
    stream.sink.lost(reason, retryInMs);
    await expect(recording).rejects.toMatchObject({ code: reason.code });
    expect(readFileSync(file(), 'utf8')).toBe('the only picture of the thief');
    expect(readdirSync(folder)).toEqual(['clip.mp4']);
  });

  test('is left alone when a person gives up before the first picture', async () => {
    const stop = new AbortController();
    const recording = recordToFile(stream, file(), {}, clock, stop.signal);
    stop.abort();
    expect(await recording).toMatchObject({ pictures: 0 });
    expect(readFileSync(file(), 'utf8')).toBe('the only picture of the thief');
    expect(readdirSync(folder)).toEqual(['clip.mp4']);
  });

  test('is replaced by the first picture of the camera, and nothing else is left', async () => {
    const stop = new AbortController();
    const recording = recordToFile(stream, file(), {}, clock, stop.signal);
    connect();
    send(20);
    await expect.poll(() => readFileSync(file()).toString('latin1', 4, 8)).toBe('ftyp');
    expect(readdirSync(folder)).toEqual(['clip.mp4']);
    // When the camera is lost later, the recording waits for it.
    stream.sink.lost(refusal, 500);
    stop.abort();
    expect(await recording).toMatchObject({ pictures: 20 });
    expect(ffprobe(file()).streams[0]?.nb_read_packets).toBe('20');
  });
});
