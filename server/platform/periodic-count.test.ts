import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PeriodicCount } from './periodic-count.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('counts are reported once a second, and silence is not', () => {
  const reports: number[] = [];
  const count = new PeriodicCount((n) => reports.push(n));
  for (let n = 0; n < 100; n++) count.add();
  vi.advanceTimersByTime(1000);
  vi.advanceTimersByTime(5000);
  expect(reports).toEqual([100]);
  count.add(3);
  count.close();
  expect(reports).toEqual([100, 3]);
  expect(vi.getTimerCount()).toBe(0);
});
