import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { GatewayError } from '../platform/errors.ts';
import { packageRoot } from '../platform/paths.ts';
import { makeFolder, STORE_FILE } from './data-folder.ts';

/** The default place, for help texts. */
export const DATA_HELP = '$ORIEL_DATA, else ./data in a clone, ~/.local/share/oriel when installed';

export type DataPlace = {
  readonly folder: string;
  /** Where this package kept its data before, if that is another place and nobody chose the folder by name. */
  readonly earlier?: string;
};

type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly packageFolder: string;
  readonly workingFolder: string;
  readonly home: string;
};

function surroundings(): Surroundings {
  return { env: process.env, packageFolder: packageRoot(), workingFolder: process.cwd(), home: homedir() };
}

/**
 * The folder that was chosen by --data or ORIEL_DATA. Otherwise it is `./data` in a clone, and the user's own data folder for
 * an installed package, because npm empties the package's folder at each update.
 */
export function dataPlace(chosen: string | undefined, around: Surroundings = surroundings()): DataPlace {
  const { env, packageFolder, workingFolder } = around;
  const byName = chosen ?? (env.ORIEL_DATA || undefined);
  if (byName !== undefined) return { folder: byName };
  const isInstalled = packageFolder.split(sep).includes('node_modules');
  const folder = isInstalled ? join(userDataFolder(around), 'oriel') : join(workingFolder, 'data');
  const earlier = join(packageFolder, 'data');
  return resolve(earlier) === resolve(folder) ? { folder } : { folder, earlier };
}

function userDataFolder({ env, home }: Surroundings): string {
  if (env.XDG_DATA_HOME?.startsWith(sep)) return env.XDG_DATA_HOME;
  if (process.platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return join(home, '.local', 'share');
}

/** Moves data from the earlier place, once. Returns the sentence to print if there was data. */
export function moveEarlierData({ folder, earlier }: DataPlace): string | undefined {
  if (earlier === undefined || !existsSync(join(earlier, STORE_FILE)) || existsSync(join(folder, STORE_FILE))) {
    return undefined;
  }
  try {
    makeFolder(dirname(resolve(folder)));
    move(earlier, folder);
  } catch (cause) {
    const message = `The data in ${earlier} cannot be moved to ${folder}, where an update does not delete it. Move it there yourself, or name its folder with --data.`;
    throw new GatewayError('data-failed', message, { cause });
  }
  return `The data was moved from ${earlier} to ${folder}, where an update of the package does not delete it.`;
}

/** Moves in one step, so that an interruption leaves the earlier folder complete. Only an empty folder is replaced. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const arriving = `${to}.arriving`;
    rmSync(arriving, { recursive: true, force: true });
    cpSync(from, arriving, { recursive: true, preserveTimestamps: true });
    renameSync(arriving, to);
    rmSync(from, { recursive: true, force: true });
  }
}
