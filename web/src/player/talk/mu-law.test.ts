import { expect, test } from 'vitest';
import { muLaw } from './mu-law.ts';

/** ITU-T G.711 table 2: decoder output for each code word, scaled to 16 bits. */
function decode(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4);
  return (bits & 0x80 ? 0x84 - magnitude : magnitude - 0x84) / 32_768;
}

test.each([
  ['silence', 0, 0xff],
  ['loudest', 1, 0x80],
  ['loudest below zero', -1, 0x00],
  ['beyond the loudest is cut', 7, 0x80],
])('%s', (_name, sample, code) => {
  expect(muLaw(sample)).toBe(code);
});

test('every sample is decoded again to within its quantisation step', () => {
  for (let sample = -1; sample <= 1; sample += 0.001) {
    expect(Math.abs(decode(muLaw(sample)) - sample)).toBeLessThan(0.002 + Math.abs(sample) / 16);
  }
});
