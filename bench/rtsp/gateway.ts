// A gateway that only has RTSP on both sides, for measuring from outside. Usage:
//   node --import tsx bench/rtsp/gateway.ts PORT CAMERA=rtsp://… [CAMERA=rtsp://… …]
// It prints its port as one line of JSON and ends when its standard input ends.
import { once } from 'node:events';
import pino from 'pino';
import { Hub } from '../../server/hub/hub.ts';
import { createRtspOutput } from '../../server/outputs/rtsp/rtsp-output.ts';
import { createStreamLocator } from '../../server/outputs/rtsp/stream-paths.ts';
import { systemClock } from '../../server/platform/clock.ts';
import { dialDirect } from '../../server/sources/connect.ts';
import { createRtspSource } from '../../server/sources/rtsp/rtsp-source.ts';
import { DEFAULT_RETRY, supervise } from '../../server/sources/supervisor.ts';
import { openToEverybody } from './open-to-everybody.ts';

const [port = '0', ...specifications] = process.argv.slice(2);
const cameras = specifications.map((text) => ({
  id: text.split('=')[0] ?? '',
  url: text.slice(text.indexOf('=') + 1),
}));
const log = pino({ level: 'warn' }, pino.destination(2));
const memory = { get: () => undefined, set: () => {} };

const hub = new Hub(
  {
    has: (id) => cameras.some((camera) => camera.id === id),
    hasSubstream: () => false,
    createRunner: (id) => {
      const url = cameras.find((camera) => camera.id === id)?.url ?? '';
      const spec = { url, transport: 'tcp', connectTimeoutMs: 5000 } as const;
      const source = createRtspSource(spec, { dial: dialDirect, clock: systemClock, log, memory });
      return supervise(source, DEFAULT_RETRY, systemClock, log);
    },
  },
  systemClock,
  { maxViewers: 10_000, lingerMs: 1000 },
);
const output = await createRtspOutput({
  hub,
  clock: systemClock,
  log,
  authorizer: openToEverybody,
  locate: createStreamLocator(() => cameras),
  port: Number(port),
  host: '127.0.0.1',
});
console.log(JSON.stringify({ port: output.port }));
process.stdin.resume();
await once(process.stdin, 'end');
await output.close();
await hub.stop();
