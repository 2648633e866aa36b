import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { asGatewayError, type GatewayError } from '../platform/errors.ts';
import { loadConfig } from './load.ts';
import type { Config } from './schema.ts';

export type ConfigWatcher = { close(): void };

/** Editors write a file in several steps; the last one counts. */
const SETTLE_MS = 200;

/**
 * Calls back with each new version of a config file; a version that is not valid is reported and changes nothing.
 * Watches the folder, because editors replace files rather than write into them.
 */
export function watchConfig(
  path: string,
  changed: (config: Config) => void,
  refused: (error: GatewayError) => void,
): ConfigWatcher {
  const file = resolve(path);
  let timer: NodeJS.Timeout | undefined;
  const reload = (): void => {
    let config: Config;
    try {
      config = loadConfig(file);
    } catch (error) {
      refused(asGatewayError(error, 'config-invalid'));
      return;
    }
    changed(config);
  };
  const watcher = watch(dirname(file), (_event, name) => {
    if (name !== null && name !== basename(file)) return;
    clearTimeout(timer);
    timer = setTimeout(reload, SETTLE_MS);
  });
  watcher.on('error', (error) => refused(asGatewayError(error)));
  return {
    close: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
