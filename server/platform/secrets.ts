import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { GatewayError } from './errors.ts';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1.';

/** Seals what the store must not hold in the clear, with AES-256-GCM and one key that lies beside the store and not in it. */
export class SecretBox {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    if (key.byteLength !== KEY_BYTES) throw new GatewayError('config-invalid', `A key has ${KEY_BYTES} bytes.`);
    this.#key = key;
  }

  /** `place` (such as `camera:front-door`) is bound to the text, so that a sealed text cannot be moved to another row. */
  seal(text: string, place: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return VERSION + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Throws when the text was sealed under another key, for another place, or was changed. */
  open(sealed: string, place: string): string {
    const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
    if (!sealed.startsWith(VERSION) || bytes.length < IV_BYTES + TAG_BYTES) throw notOurs(undefined);
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch (error) {
      throw notOurs(error);
    }
  }
}

function notOurs(cause: unknown): GatewayError {
  const message =
    'A stored secret cannot be read with this key file. Bring back the key file of this data folder, or set the secret again.';
  return new GatewayError('config-invalid', message, { cause });
}

/**
 * Reads the key file, or makes one that only this user can read. A full disk can leave an empty file behind, which is replaced
 * if nothing was sealed with its key.
 */
export function loadSecretBox(file: string, isNeeded: () => boolean = () => true): SecretBox {
  let text = readIfThere(file);
  if (text === undefined || (text === '' && !isNeeded())) {
    makeKeyFile(file, text !== undefined);
    text = readFileSync(file, 'utf8').trim();
  }
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) {
    throw new GatewayError('data-failed', `The key file ${file} is damaged: bring it back from a backup.`);
  }
  return new SecretBox(key);
}

function readIfThere(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) closeToOthers(file);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** If the folder cannot be written to, the rights of the file are left as they are. */
function closeToOthers(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EROFS') throw error;
  }
}

/** The file is complete on the disk before it gets its name, so that a crash leaves no half key. If two processes do this at once, the first one counts. */
function makeKeyFile(file: string, isReplaced: boolean): void {
  const arriving = `${file}.${process.pid}`;
  try {
    const written = openSync(arriving, 'w', 0o600);
    try {
      writeFileSync(written, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
      fsyncSync(written);
    } finally {
      closeSync(written);
    }
    if (isReplaced) renameSync(arriving, file);
    else nameIfFree(arriving, file);
  } finally {
    rmSync(arriving, { force: true });
  }
}

function nameIfFree(arriving: string, file: string): void {
  try {
    linkSync(arriving, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    // FAT and some network folders do not support hard links.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') renameSync(arriving, file);
    else throw error;
  }
}
