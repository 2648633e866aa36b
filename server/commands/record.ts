import { formatOfFile, recordToFile } from '../outputs/record/record-to-file.ts';
import { createLog } from '../platform/log.ts';
import { createStandalone } from '../sources/standalone.ts';
import { CAMERA_OPTIONS, CAMERA_OPTIONS_HELP, readCameraArgument } from './camera-argument.ts';
import { type CommandIo, parseCount, parseOptions, UsageError } from './command.ts';

export const help = `Usage: oriel record URL|CAMERA --output FILE [--duration SECONDS] [-u USER] [-p PASS] [--config FILE] [--json]

Records what the camera sends, without re-encoding. The name says the format: .mp4 with sound, .h264 or .h265 the bare picture.
Ctrl-C ends the recording and keeps it.

  --output FILE      where to; an existing file is replaced
  --duration N       seconds (default: until Ctrl-C)
${CAMERA_OPTIONS_HELP}
  --json             what was recorded as one JSON object
`;

const PROGRESS_EVERY_MS = 500;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...CAMERA_OPTIONS,
    output: { type: 'string' },
    duration: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const { spec, places } = readCameraArgument('record', positionals, values);
  if (values.output === undefined) throw new UsageError('Name the file to record into with --output.');
  formatOfFile(values.output);
  const durationMs =
    values.duration === undefined ? undefined : parseCount('duration', values.duration, 1, 86_400) * 1000;
  const standalone = createStandalone(createLog('silent', io.stderr), places);
  const stop = new AbortController();
  const { stream, done } = standalone.openStream(spec, stop.signal);
  let shownMs = 0;
  const show = ({ recordedMs, bytes }: { recordedMs: number; bytes: number }): void => {
    if (!io.stderr.isTTY || recordedMs - shownMs < PROGRESS_EVERY_MS) return;
    shownMs = recordedMs;
    io.stderr.write(`\r${(recordedMs / 1000).toFixed(1)} s, ${(bytes / 1e6).toFixed(1)} MB `);
  };
  try {
    const options = { ...(durationMs === undefined ? {} : { durationMs }), onProgress: show };
    const result = await recordToFile(stream, values.output, options, standalone.clock, io.signal);
    if (shownMs > 0) io.stderr.write('\n');
    const skipped =
      result.skippedPictures > 0 ? `, ${result.skippedPictures} pictures left out because the disk was slow` : '';
    const seconds = (result.recordedMs / 1000).toFixed(1);
    const sentence = `${values.output}: ${seconds} s, ${result.pictures} pictures, ${(result.bytes / 1e6).toFixed(1)} MB${skipped}`;
    io.stdout.write(`${values.json ? JSON.stringify({ file: values.output, ...result }) : sentence}\n`);
    return result.pictures > 0 ? 0 : 1;
  } finally {
    stop.abort();
    await done;
    await standalone.close();
  }
}
