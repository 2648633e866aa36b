import { expect, test } from 'vitest';
import { formatRemaining } from './remaining-time.ts';

test.each([
  [-5, '0 s'],
  [59_100, '60 s'],
  [121_000, '2 min'],
  [3 * 3600_000, '3 hours'],
  [5 * 86_400_000, '5 days'],
])('%i ms left reads %s', (ms, text) => {
  expect(formatRemaining(ms)).toBe(text);
});
