import { type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Clock, every } from '../platform/clock.ts';
import { asGatewayError, type GatewayError } from '../platform/errors.ts';
import { loadChangedConfig } from './load.ts';
import type { Config } from './schema.ts';

export type ConfigWatcher = {
  /** Reads the file now, whether it changed or not: SIGHUP. */
  reload(): void;
  close(): void;
};

export type ConfigWatch = {
  readonly path: string;
  /** What the file said when it was read first. */
  readonly config: Config;
  readonly clock: Clock;
  readonly changed: (config: Config) => void;
  /** Hears once of each version that is not valid; it changes nothing. */
  readonly refused: (error: GatewayError) => void;
};

/**
 * The file is asked for its state rather than its folder for events: whatever a link points to counts then, as in a mounted
 * ConfigMap of Kubernetes, where a link to the whole folder is exchanged, and network folders count too.
 */
const LOOK_EVERY_MS = 500;

/** Calls back with each new version of a config file, once nobody has written to it for a moment. */
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
    if (isLooking) return; // A network folder may take its time.
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
