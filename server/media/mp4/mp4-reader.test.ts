import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { readMp4 } from './mp4-reader.ts';

let folder: string;

/** Two seconds with B-frames and sound, as ffmpeg writes them. */
function make(name: string, ...args: readonly string[]): Uint8Array {
  const file = path.join(folder, name);
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25', '-f', 'lavfi', '-i', 'sine=440:48000'];
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '25'];
  execFileSync('ffmpeg', ['-v', 'error', ...picture, '-t', '2', ...video, '-c:a', 'aac', ...args, file]);
  return readFileSync(file);
}

type Packet = { stream_index: number; pts_time: string; dts_time: string; flags: string };

function packetsOf(name: string): Packet[] {
  const what = ['-show_entries', 'packet=stream_index,pts_time,dts_time,flags', '-of', 'json'];
  const json = execFileSync('ffprobe', ['-v', 'error', ...what, path.join(folder, name)]).toString();
  return (JSON.parse(json) as { packets: Packet[] }).packets;
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'oriel-mp4-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ['an ordinary file', 'plain.mp4', []],
  ['one with its index in front', 'front.mp4', ['-movflags', 'faststart']],
  ['one in fragments', 'fragments.mp4', ['-movflags', 'frag_keyframe+empty_moov+default_base_moof']],
  ['one with absolute offsets in its fragments', 'absolute.mp4', ['-movflags', 'frag_keyframe+empty_moov']],
  ['H.265', 'tall.mp4', ['-c:v', 'libx265', '-x265-params', 'log-level=error', '-bf', '0']],
])('%s', (_name, file, args) => {
  test('gives the pictures, the times and the key frames that ffprobe sees', () => {
    const { tracks, units } = readMp4(make(file, ...args));
    expect(tracks.map((track) => track.kind)).toEqual(['video', 'audio']);
    const expected = packetsOf(file);
    for (const index of [0, 1]) {
      const mine = units.filter((unit) => unit.track === index);
      const theirs = expected.filter((packet) => packet.stream_index === index);
      expect(mine).toHaveLength(theirs.length);
      expect(mine.map((unit) => unit.keyframe)).toEqual(theirs.map((packet) => packet.flags.startsWith('K')));
      for (const [at, unit] of mine.entries()) {
        expect(unit.presentationUs / 1e6).toBeCloseTo(Number(theirs[at]?.pts_time), 3);
        expect(unit.decodeUs / 1e6).toBeCloseTo(Number(theirs[at]?.dts_time), 3);
      }
    }
  });
});

test('damaged files only ever return or throw a GatewayError', () => {
  const good = make('damaged.mp4', '-movflags', 'faststart');
  const tryRead = (bytes: Uint8Array): void => {
    try {
      readMp4(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(GatewayError);
    }
  };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 8 }),
      fc.nat(good.length),
      (changes, length) => {
        const bytes = Uint8Array.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        tryRead(bytes);
        tryRead(good.subarray(0, length));
      },
    ),
    { numRuns: 60 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), tryRead));
});
