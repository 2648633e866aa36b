import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFlacFrame, serializeFlacStreamInfo } from './flac.ts';
import { decodeG711 } from './g711.ts';
import { G722Decoder } from './g722.ts';

/** A native FLAC file: marker, STREAMINFO as the last metadata block, frames. */
function flacFile(blocks: readonly Int16Array[], rateHz: number): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from('fLaC'), Uint8Array.of(0x80, 0, 0, 34), serializeFlacStreamInfo(rateHz)];
  let at = 0;
  for (const block of blocks) {
    parts.push(encodeFlacFrame(block, at, rateHz));
    at += block.length;
  }
  return Buffer.concat(parts);
}

/** Decodes a file with ffmpeg, an independent judge. ffmpeg must be installed (npm test checks that). */
function ffmpegDecode(name: string, bytes: Uint8Array, input: readonly string[] = []): Int16Array {
  const folder = mkdtempSync(path.join(tmpdir(), 'oriel-sound-'));
  try {
    writeFileSync(path.join(folder, name), bytes);
    const pcm = execFileSync(
      'ffmpeg',
      ['-v', 'error', '-xerror', ...input, '-i', path.join(folder, name), '-f', 's16le', '-'],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    return new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function blocksOf(samples: Int16Array, lengths: readonly number[]): Int16Array[] {
  const blocks: Int16Array[] = [];
  for (let at = 0, index = 0; at < samples.length; index++) {
    const length = Math.max(16, lengths[index % lengths.length] as number);
    blocks.push(samples.slice(at, at + length));
    at += length;
  }
  return blocks.filter((block) => block.length >= 16);
}

function joined(blocks: readonly Int16Array[]): number[] {
  return blocks.flatMap((block) => [...block]);
}

describe('ffmpeg decodes our FLAC bit-exactly', () => {
  const tone = readFileSync(new URL('../../../assets/tone.ulaw', import.meta.url));

  test.each([
    ['mu-law in 20 ms packets', decodeG711('pcmu', tone), [160], 8000],
    ['A-law in odd packets', decodeG711('pcma', tone), [237, 16, 1024], 8000],
    ['silence', new Int16Array(8000), [160], 8000],
    ['noise that no predictor helps with', noise(20_000), [500], 16_000],
    ['the loudest square wave', Int16Array.from({ length: 4000 }, (_, n) => (n % 2 ? 32_767 : -32_768)), [160], 16_000],
    ['a steady level', new Int16Array(4000).fill(-1234), [160], 8000],
  ])('%s', (_name, samples, lengths, rateHz) => {
    const blocks = blocksOf(samples, lengths);
    expect([...ffmpegDecode('sound.flac', flacFile(blocks, rateHz))]).toEqual(joined(blocks));
  });

  test('any samples in any block lengths', () => {
    const block = fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 16, maxLength: 300 });
    const walk = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 16, maxLength: 300 }).map((steps) => {
      let value = 0;
      return steps.map((step) => (value += step * 4));
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(block, walk), { minLength: 1, maxLength: 12 }), (arrays) => {
        const blocks = arrays.map((values) => Int16Array.from(values));
        expect([...ffmpegDecode('sound.flac', flacFile(blocks, 8000))]).toEqual(joined(blocks));
      }),
      { numRuns: 12 },
    );
  });

  test('speech-like sound becomes smaller than the sixteen bits it is made of', () => {
    const blocks = blocksOf(decodeG711('pcmu', tone), [160]);
    expect(flacFile(blocks, 8000).length).toBeLessThan(tone.length * 2 * 0.75);
  });

  test('sample numbers of every coded length are read back', () => {
    const block = Int16Array.from({ length: 160 }, (_, n) => n * 8);
    for (const firstSample of [0, 127, 128, 2047, 2048, 65_536, 2 ** 21, 2 ** 26]) {
      const frame = encodeFlacFrame(block, firstSample, 8000);
      const file = Buffer.concat([
        Buffer.from('fLaC'),
        Uint8Array.of(0x80, 0, 0, 34),
        serializeFlacStreamInfo(8000),
        frame,
      ]);
      expect([...ffmpegDecode('sound.flac', file)]).toEqual([...block]);
    }
  });
});

describe('G.711 and G.722', () => {
  test.each([
    ['pcmu', 'mulaw'],
    ['pcma', 'alaw'],
  ] as const)('every %s code has the value ffmpeg gives it', (codec, format) => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
    const expected = ffmpegDecode('codes.raw', codes, ['-f', format, '-ar', '8000', '-ac', '1']);
    expect([...decodeG711(codec, codes)]).toEqual([...expected]);
  });

  test('G.722 decodes to the samples that ffmpeg decodes, whatever the packets', () => {
    const coded = Uint8Array.from(noise(4000), (sample) => sample & 255);
    const expected = ffmpegDecode('sound.g722', coded, ['-f', 'g722']);
    const decoder = new G722Decoder();
    const decoded = [0, 160, 161, 1000].flatMap((start, index, starts) => [
      ...decoder.decode(coded.subarray(start, starts[index + 1] ?? coded.length)),
    ]);
    expect(decoded).toEqual([...expected]);
  });
});

function noise(length: number): Int16Array {
  let state = 12_345;
  return Int16Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) - 32_768;
  });
}
