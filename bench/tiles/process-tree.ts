import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const CLOCK_TICKS_PER_SECOND = 100;

/** A process and all that it started, from /proc. A browser has many processes. */
export class ProcessTree {
  readonly #root: number;

  constructor(root: number) {
    this.#root = root;
  }

  /** The user and system time so far of the processes that still run. */
  cpuSeconds(): number {
    let ticks = 0;
    for (const pid of this.#pids()) {
      const fields = statOf(pid);
      ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    }
    return ticks / CLOCK_TICKS_PER_SECOND;
  }

  /** Each process counts its fraction of shared pages, so that the sum is the memory that the machine really uses. */
  memoryMb(): number {
    let kilobytes = 0;
    for (const pid of this.#pids()) kilobytes += Number(/^Pss:\s+(\d+)/m.exec(read(pid, 'smaps_rollup'))?.[1] ?? 0);
    return kilobytes / 1024;
  }

  udpSockets(): number {
    const tables = ['net/udp', 'net/udp6'].map((name) => read(this.#root, name)).join('\n');
    const inodes = new Set(tables.split('\n').map((line) => line.trim().split(/\s+/)[9]));
    let sockets = 0;
    for (const pid of this.#pids()) sockets += socketsOf(pid).filter((inode) => inodes.has(inode)).length;
    return sockets;
  }

  #pids(): readonly number[] {
    const children = new Map<number, number[]>();
    for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
      const parent = Number(statOf(pid)[1]);
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
    const found = [this.#root];
    for (const pid of found) found.push(...(children.get(pid) ?? []));
    return found;
  }
}

/** The fields after the name: state, parent, … Empty for a process that has just ended. */
function statOf(pid: number): readonly string[] {
  return read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
}

/** The inodes of its open sockets. */
function socketsOf(pid: number): readonly string[] {
  try {
    const files = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    return files.flatMap((file) => /socket:\[(\d+)\]/.exec(file)?.[1] ?? []);
  } catch {
    return [];
  }
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
