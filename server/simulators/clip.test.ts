import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { lazyVideoClip, loadAudioClip, loadVideoClip } from './clip.ts';

const asset = (name: string): string => fileURLToPath(new URL(`../../assets/${name}`, import.meta.url));

describe('loadVideoClip', () => {
  test.each([
    ['main-720p.h264', 25, 250, 50],
    ['sub-360p.h264', 15, 150, 30],
    ['long-gop-720p.h264', 25, 250, 250],
    ['main-720p.h265', 25, 250, 50],
  ])('%s', async (name, fps, frames, gop) => {
    const clip = await loadVideoClip(asset(name));
    expect(clip.fps).toBe(fps);
    expect(clip.frames).toHaveLength(frames);
    const keys = clip.frames.flatMap((frame, index) => (frame.keyframe ? [index] : []));
    expect(keys).toEqual(Array.from({ length: frames / gop }, (_, index) => index * gop));
    expect(clip.parameterSets).toHaveLength(clip.codec === 'h264' ? 2 : 3);
    expect({ ...(await lazyVideoClip(asset(name))) }).toEqual(clip);
  });

  test('a file of another kind is refused with a sentence', async () => {
    await expect(loadVideoClip(asset('tone.ulaw'))).rejects.toMatchObject({ code: 'not-supported' });
  });
});

describe('loadAudioClip', () => {
  test('mu-law is read in frames of 20 ms', async () => {
    const clip = await loadAudioClip(asset('tone.ulaw'));
    expect(clip.track).toMatchObject({ codec: 'pcmu', sampleRateHz: 8000 });
    expect(clip.frames).toHaveLength(500);
  });

  test('AAC is read without its ADTS headers', async () => {
    const clip = await loadAudioClip(asset('tone.adts'));
    expect(clip.track).toMatchObject({ codec: 'aac' });
    expect(clip.samplesPerFrame).toBe(1024);
    expect(clip.frames.every((frame) => frame[0] !== 0xff)).toBe(true);
  });
});
