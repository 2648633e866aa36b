import { splitUrlCredentials } from '../config/camera-url.ts';
import { defaultConfig } from '../config/load.ts';
import { createLog } from '../platform/log.ts';
import { formatReport } from '../probe/format-report.ts';
import { probeCamera } from '../probe/probe-camera.ts';
import { type CommandIo, parseOptions, UsageError } from './command.ts';
import { createSourceBench } from './source-bench.ts';

export const help = `Usage: oriel probe URL [-u USER] [-p PASS] [--transport auto|tcp|udp|multicast|http] [--json]

Connects to a camera, looks for a few seconds and prints its report card: connect steps with times, codec, profile, level,
size, frames per second, key-frame interval, B-frames, sound, clock drift, and what to change in the camera.

  -u USER, -p PASS   its account; also read from the address
  --transport T      how RTSP carries the picture (default auto)
  --json             the report as JSON

Exits 1 when there is no picture.
`;

const TRANSPORTS = ['auto', 'tcp', 'udp', 'multicast', 'http'] as const;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    user: { type: 'string', short: 'u' },
    password: { type: 'string', short: 'p' },
    transport: { type: 'string', default: 'auto' },
    json: { type: 'boolean', default: false },
  });
  const [address, ...more] = positionals;
  if (address === undefined || more.length > 0) throw new UsageError('oriel probe takes one address.');
  const transport = TRANSPORTS.find((known) => known === values.transport);
  if (!transport) throw new UsageError(`--transport is one of ${TRANSPORTS.join(', ')}.`);
  const given = splitUrlCredentials(address);
  const username = values.user ?? given.username;
  const password = values.password ?? given.password;
  const bench = createSourceBench(createLog('silent', io.stderr));
  const spec = {
    url: given.url,
    transport,
    connectTimeoutMs: defaultConfig().sources.connectTimeoutSeconds * 1000,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
  const onStep = (step: string, atMs: number): void => {
    if (!values.json && io.stderr.isTTY) io.stderr.write(`${(atMs / 1000).toFixed(2).padStart(7)} s  ${step}\n`);
  };
  const report = await probeCamera(spec, bench, onStep, io.signal).finally(() => bench.close());
  io.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report));
  return report.error ? 1 : 0;
}
