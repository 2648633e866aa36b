import { describe, expect, test } from 'vitest';
import { formatClock, formatRelative, formatSpan } from './time.ts';

describe('a span of time', () => {
  test.each([
    [0, '0 s'],
    [8_400, '8 s'],
    [99_000, '99 s'],
    [240_000, '4 min'],
    [3 * 3600_000, '3 hours'],
    [24 * 3600_000, '24 hours'],
    [72 * 3600_000, '3 days'],
    [-5, '0 s'],
  ])('%i ms reads %s', (ms, text) => {
    expect(formatSpan(ms)).toBe(text);
  });
});

test('times are relative in both directions', () => {
  expect(formatRelative(1000, 2000)).toBe('just now');
  expect(formatRelative(0, 60_000)).toBe('60 s ago');
  expect(formatRelative(600_000, 0)).toBe('in 10 min');
});

test('the clock shows the day only when it was not today', () => {
  const today = new Date(2026, 10, 21, 14, 2).getTime();
  const yesterday = new Date(2026, 10, 20, 14, 2).getTime();
  expect(formatClock(today, today + 1000)).toBe('14:02');
  expect(formatClock(yesterday, today)).toContain('20');
});
