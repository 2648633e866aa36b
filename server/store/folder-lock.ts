import { resolve } from 'node:path';
import { GatewayError } from '../platform/errors.ts';
import { troubleOf } from './data-error.ts';
import { openDriver } from './database.ts';

/**
 * Keeps a second gateway away from a data folder until `release` is called or this process ends in any way: SQLite's file locks
 * belong to the process, and the kernel releases them. `oriel user` takes no lock, because it may write while a gateway runs.
 */
export function lockFolder(folder: string, file: string): { release(): void } {
  const driver = openDriver(file);
  try {
    driver.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    driver.close();
    if (troubleOf(error) !== 'busy') throw error;
    const message = `Another gateway runs with the data folder ${resolve(folder)}. Stop it, or choose another folder with --data.`;
    throw new GatewayError('already-exists', message, { cause: error });
  }
  return { release: () => driver.close() };
}
