import { recordStream } from '../outputs/record/record-stream.ts';
import { unitWriterOf } from '../outputs/record/unit-writer.ts';
import { createLog } from '../platform/log.ts';
import { createStandalone } from '../sources/standalone.ts';
import { CAMERA_OPTIONS, CAMERA_OPTIONS_HELP, readCameraArgument } from './camera-argument.ts';
import { type CommandIo, parseOptions, UsageError } from './command.ts';

export const help = `Usage: oriel cat URL|CAMERA [--format h264|h265|mp4] [-u USER] [-p PASS] [--config FILE]

Writes the stream to standard output until Ctrl-C or until the reader goes away: oriel cat rtsp://… | ffplay -

  --format F         h264, h265: the bare picture (default h264); mp4: fragmented, with sound
${CAMERA_OPTIONS_HELP}
`;

const FORMATS = ['h264', 'h265', 'mp4'] as const;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...CAMERA_OPTIONS,
    format: { type: 'string', default: 'h264' },
  });
  const { spec, places } = readCameraArgument('cat', positionals, values);
  const format = FORMATS.find((known) => known === values.format);
  if (!format) throw new UsageError(`--format is one of ${FORMATS.join(', ')}.`);
  const standalone = createStandalone(createLog('silent', io.stderr), places);
  const stop = new AbortController();
  const { stream, done } = standalone.openStream(spec, stop.signal);
  try {
    await recordStream(stream, io.stdout, { createWriter: unitWriterOf(format) }, standalone.clock, io.signal);
    return 0;
  } finally {
    stop.abort();
    await done;
    await standalone.close();
  }
}
