// What 100 viewers of one camera of 4 Mbit/s with sound cost the gateway: as live.mp4, and as LL-HLS part by part.
// The viewers run in this process and the gateway in another, whose CPU time is measured.

import { fork } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { Agent, request } from 'node:http';
import { playHls, type Totals } from './fmp4/hls-player.ts';

const VIEWERS = 100;
const WARM_UP_MS = 4000;
const MEASURE_MS = 10_000;

type Told = { port: number; cpu: NodeJS.CpuUsage; memory: NodeJS.MemoryUsage };

const child = fork(new URL('fmp4/serve-stream.ts', import.meta.url), [], { execArgv: ['--import', 'tsx'] });
const [{ port }] = (await once(child, 'message')) as [Told];
const origin = `http://127.0.0.1:${port}`;

async function ask(): Promise<Told> {
  child.send('cpu');
  const [told] = (await once(child, 'message')) as [Told];
  return told;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function measure(
  name: string,
  limit: number,
  watch: (totals: Totals, signal: AbortSignal) => void,
): Promise<void> {
  const stop = new AbortController();
  setMaxListeners(VIEWERS, stop.signal);
  const totals: Totals = { bytes: 0, parts: 0, failures: 0 };
  for (let viewer = 0; viewer < VIEWERS; viewer++) watch(totals, stop.signal);
  await pause(WARM_UP_MS);
  const before = await ask();
  const bytesBefore = totals.bytes;
  const startedMs = performance.now();
  await pause(MEASURE_MS);
  const after = await ask();
  const seconds = (performance.now() - startedMs) / 1000;
  const cpuSeconds = (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / 1e6;
  const megabits = ((totals.bytes - bytesBefore) * 8) / 1e6 / seconds;
  const note = `${Math.round(megabits)} Mbit/s delivered, ${totals.failures} failures, ${Math.round(after.memory.rss / 1e6)} MB resident`;
  console.log(
    JSON.stringify({ name, value: Math.round((1000 * cpuSeconds) / seconds) / 10, unit: '% of a core', limit, note }),
  );
  stop.abort();
  await pause(500);
}

await measure(`${VIEWERS} live.mp4 viewers of 4 Mbit/s`, 20, (totals, signal) => {
  const agent = new Agent({ keepAlive: false });
  signal.addEventListener('abort', () => agent.destroy());
  const watching = request(`${origin}/api/cameras/camera/live.mp4`, { agent }, (response) => {
    response.on('data', (chunk: Buffer) => {
      totals.bytes += chunk.length;
    });
    response.on('error', () => undefined);
  });
  watching.on('error', () => undefined).end();
});

await measure(`${VIEWERS} LL-HLS viewers of 4 Mbit/s, part by part`, 50, (totals, signal) => {
  playHls(origin, totals, signal).catch(() => {
    if (!signal.aborted) totals.failures++;
  });
});

child.kill();
