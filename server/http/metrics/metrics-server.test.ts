import { expect, test } from 'vitest';
import { createMetrics } from '../../platform/metrics.ts';
import { startMetricsServer } from './metrics-server.ts';

test('metrics have their own address, which serves nothing else', async () => {
  const server = await startMetricsServer(createMetrics(), '127.0.0.1', 0);
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  expect(await (await get('/metrics')).text()).toMatch(/^process_cpu_seconds_total \d/m);
  expect((await get('/api/cameras')).status).toBe(404);
  await server.close();
});
