import { createLog } from '../platform/log.ts';
import { formatReport } from '../probe/format-report.ts';
import { probeCamera } from '../probe/probe-camera.ts';
import { createStandalone } from '../sources/standalone.ts';
import { CAMERA_OPTIONS, CAMERA_OPTIONS_HELP, readCameraArgument } from './camera-argument.ts';
import { type CommandIo, parseOptions } from './command.ts';

export const help = `Usage: oriel probe URL|HOST/PATH|SERIAL|CAMERA [-u USER] [-p PASS] [--transport T] [--config FILE] [--json]

Connects to a camera, looks for a few seconds and prints its report card: connect steps with times, codec, profile, level,
size, frames per second, key-frame interval, B-frames, sound, clock drift, and what to change in the camera.

${CAMERA_OPTIONS_HELP}
  --json             the report as JSON

Exits 1 when there is no picture.
`;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, { ...CAMERA_OPTIONS, json: { type: 'boolean', default: false } });
  const { spec, places } = readCameraArgument('probe', positionals, values);
  const standalone = createStandalone(createLog('silent', io.stderr), places);
  const onStep = (step: string, atMs: number): void => {
    if (!values.json && io.stderr.isTTY) io.stderr.write(`${(atMs / 1000).toFixed(2).padStart(7)} s  ${step}\n`);
  };
  const probed = await probeCamera(spec, standalone, onStep, io.signal).finally(() => standalone.close());
  const { picture: _, ...report } = probed; // A terminal cannot show the picture.
  io.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report));
  return report.error ? 1 : 0;
}
