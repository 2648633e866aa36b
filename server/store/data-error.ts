import { dirname } from 'node:path';
import { GatewayError } from '../platform/errors.ts';

/** The error fields of Node's file system (`code`), node:sqlite (`errcode`) and libsql (`rawCode`). */
type SystemError = { readonly code?: string; readonly errcode?: number; readonly rawCode?: number };

type Trouble = 'busy' | 'full' | 'read-only' | 'damaged' | 'missing' | 'unreadable';

const OF_FILES: Readonly<Record<string, Trouble>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EEXIST: 'missing',
  EISDIR: 'unreadable',
  EIO: 'unreadable',
  EMFILE: 'unreadable',
  ENFILE: 'unreadable',
};

/** Primary result codes of SQLite; the extended ones hold them in their last byte. */
const OF_SQLITE: Readonly<Record<number, Trouble>> = {
  5: 'busy',
  6: 'busy',
  8: 'read-only',
  10: 'unreadable',
  11: 'damaged',
  13: 'full',
  14: 'unreadable',
  26: 'damaged',
};

/** SQLite had no room for the index of its log. */
const IOERR_SHMSIZE = 4874;

/** What is wrong with the data, whichever layer noticed it. Undefined for errors that do not concern files or the disk. */
export function troubleOf(error: unknown): Trouble | undefined {
  const { code, errcode, rawCode } = (error ?? {}) as SystemError;
  const ofFile = code === undefined ? undefined : OF_FILES[code];
  if (ofFile) return ofFile;
  // When opening fails, libsql gives the result code only in its text.
  const opening = /Unable to open connection .*: (\d+)"\)$/.exec(error instanceof Error ? error.message : '');
  const result = errcode ?? rawCode ?? (opening ? Number(opening[1]) : undefined);
  if (result === IOERR_SHMSIZE) return 'full';
  return result === undefined ? undefined : OF_SQLITE[result & 0xff];
}

/** An error whose sentence names the file and what to do. Errors that do not concern the data are returned unchanged. */
export function dataError(error: unknown, file: string): unknown {
  if (error instanceof GatewayError) return error;
  const trouble = troubleOf(error);
  return trouble ? new GatewayError('data-failed', sentence(trouble, file), { cause: error }) : error;
}

function sentence(trouble: Trouble, file: string): string {
  switch (trouble) {
    case 'busy':
      return `Another program holds the data file ${file}, so nothing was changed. Try again in a moment.`;
    case 'full':
      return `The disk of ${dirname(file)} is full, so ${file} cannot be written. Free some space there.`;
    case 'read-only':
      return `${file} cannot be written: the folder is read-only or belongs to somebody else. Give this user the right to write there, or choose another folder with --data.`;
    case 'damaged':
      return `The data file ${file} is damaged. Bring it back from a backup, or move it away to begin with an empty one.`;
    case 'missing':
      return `${file} cannot be made, because its folder is missing and cannot be made. Choose another folder with --data.`;
    case 'unreadable':
      return `${file} cannot be read or written. Look after the disk that it lies on, or choose another folder with --data.`;
  }
}
