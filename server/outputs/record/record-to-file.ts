import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Stream } from '../../hub/stream.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
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

/** Chooses the format by the ending of the name. Throws `bad-request` when the ending is not known. */
export function formatOfFile(file: string): RecordingFormat {
  const format = FORMATS[path.extname(file).toLowerCase()];
  if (!format)
    throw new GatewayError('bad-request', `The name ${path.basename(file)} must end in .mp4, .h264 or .h265.`);
  return format;
}

/**
 * Records into a file of that name. An existing file is only replaced when the camera's first picture is written. What has been
 * written is kept whatever happens. Throws `bad-request` at once when the file cannot be written.
 */
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
  const draft = new DraftFile(file);
  try {
    return await recordStream(stream, draft, { ...options, createWriter }, clock, signal);
  } catch (error) {
    // A camera may refuse before the disk answers, but a problem with the file is reported first.
    await draft.finish();
    throw draft.errored ?? error;
  } finally {
    if (await draft.finish()) await mp4?.finish(file);
  }
}

/** A file that gets its name only when it has content. */
class DraftFile extends Writable {
  readonly #file: string;
  #handle: FileHandle | undefined;
  #isNamed = false;
  #finished: Promise<boolean> | undefined;

  constructor(file: string) {
    super({ highWaterMark: 1024 * 1024 });
    this.#file = file;
  }

  get #draftName(): string {
    return `${this.#file}.part`;
  }

  override _construct(done: (error?: Error) => void): void {
    this.#settle(this.#open(), done);
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#settle(this.#append(chunk), done);
  }

  /** Returns whether there is a file now. It may be called more than once. */
  finish(): Promise<boolean> {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  async #finish(): Promise<boolean> {
    const written = finished(this);
    this.end();
    await written.catch(() => undefined);
    await this.#handle?.close();
    if (this.#handle && !this.#isNamed) await unlink(this.#draftName);
    return this.#isNamed;
  }

  async #open(): Promise<void> {
    this.#handle = await open(this.#draftName, 'w');
  }

  async #append(chunk: Uint8Array): Promise<void> {
    await this.#handle?.appendFile(chunk);
    if (this.#isNamed) return;
    await rename(this.#draftName, this.#file);
    this.#isNamed = true;
  }

  #settle(work: Promise<void>, done: (error?: Error) => void): void {
    work.then(
      () => done(),
      (error: NodeJS.ErrnoException) => done(cannotWrite(this.#file, error)),
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such folder.',
  ENOTDIR: 'There is no such folder.',
  EACCES: 'This account may not write there.',
  EPERM: 'This account may not write there.',
  EROFS: 'The disk can only be read.',
  EISDIR: 'A folder has that name.',
  ENOSPC: 'The disk is full.',
};

function cannotWrite(file: string, error: NodeJS.ErrnoException): GatewayError {
  const reason = REASONS[error.code ?? ''] ?? error.message;
  return new GatewayError('bad-request', `The file ${file} cannot be written. ${reason}`, { cause: error });
}
