import { type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Clock, every } from '../platform/clock.ts';
import { asGatewayError, type GatewayError } from '../platform/errors.ts';
import { loadChangedConfig } from './load.ts';
import type { Config } from './schema.ts';

export type ConfigWatcher = {
  /** Reads the file now, whether it changed or not. SIGHUP does this. */
  reload(): void;
  close(): void;
};

export type ConfigWatch = {
  readonly path: string;
  /** The settings when the file was first read. */
  readonly config: Config;
  readonly clock: Clock;
  readonly changed: (config: Config) => void;
  /** Called once for each version that is not valid. Such a version changes nothing. */
  readonly refused: (error: GatewayError) => void;
};

/**
 * The file is polled, because events of its folder would miss changes behind links (a mounted ConfigMap of Kubernetes replaces
 * the link to a whole folder) and changes on network folders.
 */
const LOOK_EVERY_MS = 500;

/** Calls back with each new version of a config file as soon as nothing has been written to it for a moment. */
export function watchConfig({ path, config, clock, changed, refused }: ConfigWatch): ConfigWatcher {
  const file = resolve(path);
  let current = config;
  let known = stateAtStart(file);
  let seen = known;
  let isLooking = false;
  const reload = (): void => {
    try {
      const next = loadChangedConfig(file, current);
      changed(next);
      current = next;
    } catch (error) {
      refused(asGatewayError(error, 'config-invalid'));
    }
  };
  const look = async (): Promise<void> => {
    const before = seen;
    seen = await stateOf(file);
    if (seen === known || seen !== before) return;
    known = seen;
    reload();
  };
  const stop = every(clock, LOOK_EVERY_MS, () => {
    if (isLooking) return; // A network folder may be slow.
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
    });
  });
  return { reload, close: stop };
}

/** Changes with the file's content and with what its name leads to. */
async function stateOf(file: string): Promise<string> {
  return stat(file).then(describe, (error: NodeJS.ErrnoException) => String(error.code));
}

function stateAtStart(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && describe(found);
}

function describe({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
}
