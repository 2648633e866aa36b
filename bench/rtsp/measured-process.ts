import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const CLOCK_TICKS_PER_SECOND = 100;

/** A program of this folder in its own process, whose CPU time and memory can be read. */
export class MeasuredProcess {
  /** The port that it listens on. */
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(file: string, args: readonly string[]): Promise<MeasuredProcess> {
    const program = new URL(file, import.meta.url).pathname;
    const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', program, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return new MeasuredProcess(child, (JSON.parse(line) as { port: number }).port);
  }

  /** The user and system time of all its threads so far. */
  cpuSeconds(): number {
    const fields = this.#read('stat').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
  }

  residentMb(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(this.#read('status'))?.[1]) / 1024;
  }

  /** Ends the program with a signal that it can handle. */
  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }

  #read(name: string): string {
    return readFileSync(`/proc/${this.#child.pid}/${name}`, 'utf8');
  }
}
