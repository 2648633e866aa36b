import { expect, test } from 'vitest';
import { stillAgeText, takenAtMs } from './still-age.ts';

const HOUR = 3_600_000;

test.each([
  [-2000, 'Picture 0 s old'],
  [8400, 'Picture 8 s old'],
  [240_000, 'Picture 4 min old'],
  [3 * HOUR, 'Picture 3 h old'],
  [72 * HOUR, 'Picture 3 days old'],
])('%d ms', (ageMs, text) => {
  expect(stillAgeText(1e12, 1e12 + ageMs)).toBe(text);
});

test('the gateway says when it received a still', () => {
  expect(takenAtMs({ headers: new Headers({ 'last-modified': 'Sat, 28 Nov 2026 09:00:00 GMT' }) })).toBe(
    Date.UTC(2026, 10, 28, 9),
  );
  expect(takenAtMs({ headers: new Headers() })).toBeUndefined();
});
