import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { GatewayError } from '../platform/errors.ts';
import { loadSecretBox, type SecretBox } from '../platform/secrets.ts';
import { dataError, troubleOf } from './data-error.ts';
import { lockFolder } from './folder-lock.ts';
import { holdsSealed, openDatabase, type Store, storeOn } from './store.ts';

export const STORE_FILE = 'oriel.sqlite';
const KEY_FILE = 'oriel.key';
const LOCK_FILE = 'oriel.lock';

export type DataFolder = {
  readonly store: Store;
  readonly secrets: SecretBox;
  /** Why nothing can be changed: the folder is read-only or its disk is full. Its data can still be read. */
  readonly readOnly?: GatewayError;
  close(): void;
};

export type DataFolderOptions = {
  /** A `gateway` must be the only one on this folder and may start with read-only data. A `visitor` may run beside a gateway. */
  readonly as: 'gateway' | 'visitor';
  /** Whether data is made in a folder that has none. */
  readonly make: boolean;
};

/** Opens or makes the folder for everything that a gateway stores. A backup needs its store and its key. Throws `data-failed`. */
export function openDataFolder(folder: string, { as, make }: DataFolderOptions): DataFolder {
  const file = join(folder, STORE_FILE);
  if (!make && !existsSync(file)) {
    throw new GatewayError(
      'not-found',
      `There is no data of a gateway in ${resolve(folder)}. Name its folder with --data.`,
    );
  }
  try {
    makeFolder(folder);
    return as === 'gateway' ? openLocked(folder, file) : open(folder, file);
  } catch (error) {
    throw dataError(error, file);
  }
}

function openLocked(folder: string, file: string): DataFolder {
  const lock = lockUnlessReadOnly(folder);
  try {
    const opened = openOrRead(folder, file);
    return { ...opened, close: () => closeAll(opened, lock) };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

function closeAll(opened: DataFolder, lock: { release(): void } | undefined): void {
  try {
    opened.close();
  } finally {
    lock?.release();
  }
}

/** A folder that cannot be written to needs no lock, because no other process can write to it either. */
function lockUnlessReadOnly(folder: string): { release(): void } | undefined {
  try {
    return lockFolder(folder, join(folder, LOCK_FILE));
  } catch (error) {
    if (canStillBeRead(error)) return undefined;
    throw error;
  }
}

function openOrRead(folder: string, file: string): DataFolder {
  try {
    return open(folder, file);
  } catch (error) {
    if (!canStillBeRead(error) || !existsSync(file)) throw error;
    return openCopy(folder, file, error);
  }
}

function canStillBeRead(error: unknown): boolean {
  const trouble = troubleOf(error instanceof GatewayError ? error.cause : error);
  return trouble === 'read-only' || trouble === 'full' || trouble === 'unreadable';
}

function open(folder: string, file: string, key = join(folder, KEY_FILE)): DataFolder {
  const database = openDatabase(file);
  try {
    // The store is opened first: an empty key file may only be replaced when nothing in the store was sealed with it.
    const secrets = loadSecretBox(key, () => holdsSealed(database));
    const store = storeOn(database, secrets);
    return { store, secrets, close: () => store.close() };
  } catch (error) {
    database.close();
    throw dataError(error, key);
  }
}

/** SQLite cannot open a store in a folder that it cannot write to, so this opens a copy of it elsewhere. */
function openCopy(folder: string, file: string, why: unknown): DataFolder {
  const place = mkdtempSync(join(tmpdir(), 'oriel-read-'));
  const remove = (): void => rmSync(place, { recursive: true, force: true });
  try {
    const copy = join(place, STORE_FILE);
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    const opened = open(place, copy, join(folder, KEY_FILE));
    const readOnly = dataError(why, file) as GatewayError;
    opened.store.refuseChanges(readOnly);
    const close = (): void => {
      opened.close();
      remove();
    };
    return { ...opened, readOnly, close };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Makes one folder after the other, because a recursive mkdir below /proc never returns in Node 20. */
export function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(resolve(folder));
  if (parent !== resolve(folder)) makeFolder(parent);
  mkdirSync(folder, { mode: 0o700 });
}
