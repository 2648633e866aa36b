import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { noCounts, type RtpAccessUnit } from '../rtp/rtp-access-unit.ts';
import { AccessUnitAssembler } from './access-unit-assembler.ts';
import { splitAnnexB } from './annex-b.ts';
import { h264NalTraits } from './h264-nal-traits.ts';

const FPS = 25;
const TICKS = 90_000 / FPS;
const START_CODE = Buffer.from([0, 0, 0, 1]);
const SECONDS = 14;

/** x264 as a camera with gradual refresh: one IDR picture at the very beginning, then a column of intra blocks that wanders. */
let nals: readonly Uint8Array[];

beforeAll(() => {
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=320x240:rate=${FPS}:duration=${SECONDS}`];
  const refresh = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-intra-refresh', '1', '-g', '50'];
  const coding = [...refresh, '-bf', '0', '-f', 'h264', 'pipe:1'];
  nals = splitAnnexB(execFileSync('ffmpeg', ['-v', 'error', ...picture, ...coding], { maxBuffer: 64 * 1024 * 1024 }));
});

/** The units that a viewer who connects after `joinAt` pictures gets. */
function watchFrom(joinAt: number): RtpAccessUnit[] {
  const assembler = new AccessUnitAssembler('h264', parameterSets(), noCounts());
  assembler.lose();
  const units: RtpAccessUnit[] = [];
  let number = -1;
  let isPrefix = false;
  for (const nal of nals) {
    const isSlice = h264NalTraits(nal).kind === 'slice';
    if (!isPrefix || (isSlice && number < 0)) number += Number(!isPrefix);
    isPrefix = !isSlice;
    if (number < joinAt) continue;
    assembler.push(nal, number * TICKS, number * 40_000);
    if (isSlice) assembler.marker();
    units.push(...assembler.take());
  }
  return units;
}

function parameterSets(): Uint8Array[] {
  return nals.filter((nal) => h264NalTraits(nal).kind === 'parameter-set').slice(0, 2);
}

/** The checksum of each picture that ffmpeg decodes. */
function decode(list: readonly Uint8Array[]): string[] {
  const input = Buffer.concat(list.flatMap((nal) => [START_CODE, nal]));
  const text = execFileSync('ffmpeg', ['-v', 'quiet', '-f', 'h264', '-i', 'pipe:0', '-f', 'framemd5', 'pipe:1'], {
    input,
  });
  const lines = String(text)
    .split('\n')
    .filter((line) => /^0,/.test(line));
  return lines.map((line) => line.split(',').at(-1)?.trim() ?? '');
}

describe('a camera with gradual refresh', () => {
  test('sends at most one IDR picture', () => {
    expect(nals.filter((nal) => ((nal[0] as number) & 31) === 5).length).toBeLessThanOrEqual(1);
  });

  test('can be joined at a recovery point within 6.5 s, and ffmpeg then decodes the same pictures as from the beginning', () => {
    const joinAt = 30;
    const units = watchFrom(joinAt);
    const first = units[0];
    expect(first?.keyframe).toBe(true);
    expect((first?.timestamp ?? 0) / 90_000 - joinAt / FPS).toBeLessThanOrEqual(6.5);
    const shown = decode(units.flatMap(({ payload }) => payload));
    const whole = decode(nals);
    expect(whole.length).toBeGreaterThan(SECONDS * FPS - 5);
    expect(shown.slice(-50)).toEqual(whole.slice(-50));
  });
});
