import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { loadVideoClip } from '../../simulators/clip.ts';
import type { AccessUnit } from '../access-unit.ts';
import { serializeKeyFrame } from './key-frame-mp4.ts';

async function keyFrameOf(file: string): Promise<AccessUnit> {
  const { frames } = await loadVideoClip(file);
  const frame = frames.find(({ keyframe }) => keyframe);
  return { track: 0, ptsUs: 9_000_000_000, receivedUs: 0, keyframe: true, payload: frame?.nals ?? [] };
}

test.each([
  ['assets/main-720p.h264', 'h264', 'video/mp4; codecs="avc1.', '1280,720'],
  ['assets/main-720p.h265', 'h265', 'video/mp4; codecs="hvc1.', '1280,720'],
] as const)('a key frame of %s is a video of one picture', async (file, codec, mimeType, size) => {
  const picture = serializeKeyFrame(codec, await keyFrameOf(file));
  expect(picture?.mimeType.slice(0, mimeType.length)).toBe(mimeType);
  const args = [
    '-v',
    'error',
    '-count_frames',
    '-show_entries',
    'stream=width,height,nb_read_frames',
    '-of',
    'csv=p=0',
  ];
  const judged = spawnSync('ffprobe', [...args, '-'], { input: picture?.bytes });
  expect([judged.stderr.toString(), judged.stdout.toString().trim()]).toEqual(['', `${size},1`]);
});

test('a camera whose parameter sets cannot be read, or whose picture is huge, has no picture', async () => {
  const unit = await keyFrameOf('assets/main-720p.h264');
  const broken = { ...unit, payload: [new Uint8Array([0x67, 0xff]), ...unit.payload.slice(1)] };
  expect(serializeKeyFrame('h264', broken)).toBeUndefined();
  const huge = { ...unit, payload: [...unit.payload, new Uint8Array(4 * 1024 * 1024)] };
  expect(serializeKeyFrame('h264', huge)).toBeUndefined();
});
