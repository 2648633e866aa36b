import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type { Stream } from '../../hub/stream.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { Mp4File } from './mp4-file.ts';
import { type RecordingProgress, type RecordOptions, recordStream } from './record-stream.ts';
import { type CreateUnitWriter, type RecordingFormat, unitWriterOf } from './unit-writer.ts';

const FORMATS: Readonly<Record<string, RecordingFormat>> = {
  '.mp4': 'mp4',
  '.m4v': 'mp4',
  '.h264': 'h264',
  '.264': 'h264',
  '.h265': 'h265',
  '.265': 'h265',
  '.hevc': 'h265',
};

/** By the ending of the name. Throws `bad-request` when it says nothing. */
export function formatOfFile(file: string): RecordingFormat {
  const format = FORMATS[path.extname(file).toLowerCase()];
  if (!format)
    throw new GatewayError('bad-request', `The name ${path.basename(file)} must end in .mp4, .h264 or .h265.`);
  return format;
}

/** Records into a file of that name, which is replaced when it exists; what is written stays there whatever happens. */
export async function recordToFile(
  stream: Stream,
  file: string,
  options: Omit<RecordOptions, 'createWriter'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<RecordingProgress> {
  const format = formatOfFile(file);
  let mp4: Mp4File | undefined;
  const createMp4: CreateUnitWriter = (codec, sound) => (mp4 = new Mp4File(codec, sound));
  const createWriter = format === 'mp4' ? createMp4 : unitWriterOf(format);
  const target = createWriteStream(file);
  const closed = finished(target);
  closed.catch(() => undefined);
  try {
    return await recordStream(stream, target, { ...options, createWriter }, clock, signal);
  } catch (error) {
    throw asGatewayError(error);
  } finally {
    target.end();
    await closed.catch(() => undefined);
    await mp4?.finish(file);
  }
}
