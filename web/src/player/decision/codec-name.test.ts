import { expect, test } from 'vitest';
import { codecName } from './codec-name.ts';

test.each([
  ['avc1.64001f', 'H.264'],
  ['H264', 'H.264'],
  ['hvc1.1.6.L93.B0', 'H.265'],
  ['H265', 'H.265'],
  ['VP8', 'VP8'],
])('%s is %s', (codec, name) => {
  expect(codecName(codec)).toBe(name);
});
