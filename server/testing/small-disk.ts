import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type SmallDisk = {
  readonly folder: string;
  /** Takes every byte that is left. */
  fill(): void;
  free(): void;
  remount(how: 'ro' | 'rw'): void;
  unmount(): void;
};

/** A disk of its own in memory, to be filled up and made read-only. Mounting takes root, or a sudo that asks nothing. */
export function mountSmallDisk(kilobytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'oriel-disk-'));
  asRoot('mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=0777`, 'tmpfs', folder);
  const filler = join(folder, 'filler');
  return {
    folder,
    fill: () => fill(filler),
    free: () => rmSync(filler, { force: true }),
    remount: (how) => asRoot('mount', '-o', `remount,${how}`, folder),
    unmount: () => {
      asRoot('umount', '-l', folder);
      rmdirSync(folder);
    },
  };
}

function fill(filler: string): void {
  const file = openSync(filler, 'a');
  try {
    for (let size = 65_536; size > 0; ) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}

function asRoot(...command: string[]): void {
  const [program, ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  execFileSync(program as string, args, { stdio: 'pipe' });
}
