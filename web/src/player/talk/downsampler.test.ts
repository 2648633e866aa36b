import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Downsampler } from './downsampler.ts';

function tone(hz: number, rateHz: number, seconds: number): Float32Array {
  return Float32Array.from({ length: rateHz * seconds }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rateHz));
}

function loudness(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

describe.each([48_000, 44_100, 16_000])('from %i Hz to 8 kHz', (rateHz) => {
  test('gives 8000 samples for each second', () => {
    expect(new Downsampler(rateHz, 8000).push(tone(440, rateHz, 1)).length).toBeCloseTo(8000, -2);
  });

  test('keeps the frequencies of speech', () => {
    const out = new Downsampler(rateHz, 8000).push(tone(1000, rateHz, 1));
    expect(loudness(out.subarray(100))).toBeCloseTo(Math.SQRT1_2, 1);
  });

  test('removes the frequencies that 8 kHz cannot carry', () => {
    const out = new Downsampler(rateHz, 8000).push(tone(6500, rateHz, 1));
    expect(loudness(out.subarray(100))).toBeLessThan(0.05);
  });
});

test('the result does not depend on how the sound was cut', () => {
  const whole = new Downsampler(48_000, 8000).push(tone(700, 48_000, 0.1));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (cuts) => {
      const input = tone(700, 48_000, 0.1);
      const downsampler = new Downsampler(48_000, 8000);
      const parts: number[] = [];
      let at = 0;
      for (const cut of [...cuts, input.length]) {
        parts.push(...downsampler.push(input.subarray(at, Math.min(at + cut, input.length))));
        at = Math.min(at + cut, input.length);
      }
      expect(parts.length).toBe(whole.length);
      for (const [i, sample] of parts.entries()) expect(sample).toBeCloseTo(whole[i] as number, 5);
    }),
    { numRuns: 30 },
  );
});
