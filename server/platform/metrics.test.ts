import { readdirSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { createMetrics } from './metrics.ts';

test('the metrics of the process cover event loop, descriptors, heap and garbage collector', async () => {
  const metrics = createMetrics();
  const value = async (name: string): Promise<number | undefined> => {
    const line = (await metrics.metrics()).split('\n').find((one) => one.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length));
  };
  await value('process_event_loop_delay_seconds');
  // This blocks the event loop.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const endMs = performance.now() + 200;
  while (performance.now() < endMs);
  // The delay is noted when the loop turns again, and not before.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await vi.waitFor(
    async () => expect(await value('process_event_loop_delay_seconds{quantile="1"}')).toBeGreaterThan(0.15),
    { timeout: 5000, interval: 100 },
  );
  expect(await value('process_open_fds')).toBeGreaterThan(2);
  expect(await value('process_open_fds')).toBeLessThanOrEqual(readdirSync('/proc/self/fd').length + 20);
  expect(await value('process_max_fds')).toBeGreaterThan(await value('process_open_fds').then(Number));
  const used = Number(await value('process_heap_used_bytes'));
  expect(used).toBeGreaterThan(1e6);
  expect(await value('process_heap_total_bytes')).toBeGreaterThanOrEqual(used * 0.5);
  const garbage = (): number => Array.from({ length: 1_000_000 }, (_, n) => ({ n })).length;
  await vi.waitFor(
    async () => {
      garbage();
      expect(await value('process_gc_seconds_total{kind="minor"}')).toBeGreaterThan(0);
    },
    { timeout: 10_000, interval: 10 },
  );
});
