import { type ChildProcess, type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { TestBrowserOptions } from './rig.ts';

/**
 * From the range for tests of network devices (RFC 2544), which no real network uses; each process has its own four addresses, so
 * that tests can run side by side.
 */
const FOUR = `198.18.${(process.pid >> 6) & 255}`;
export const OUTSIDE = `${FOUR}.${((process.pid & 63) << 2) + 1}`;
export const INSIDE = `${FOUR}.${((process.pid & 63) << 2) + 2}`;

export function requireProgram(file: string, debianPackage: string): string {
  if (!existsSync(file)) throw new Error(`${file} is missing: apt-get install ${debianPackage}.`);
  return file;
}

/** A separate network that is connected to this machine by a virtual cable. OUTSIDE is our end, INSIDE the viewer's. */
export class TestNetwork {
  readonly #name = `oriel-${process.pid}`;
  readonly #cable = `or${process.pid}`;

  /** `dropped` is an nftables match for the packets that its firewall drops. */
  constructor(...dropped: readonly string[]) {
    const nft = requireProgram('/usr/sbin/nft', 'nftables');
    if (process.getuid?.() !== 0)
      throw new Error('This test makes a network namespace, which only root may: run it as root.');
    run('ip', 'netns', 'add', this.#name);
    run('ip', 'link', 'add', this.#cable, 'type', 'veth', 'peer', 'name', 'viewer', 'netns', this.#name);
    run('ip', 'address', 'add', `${OUTSIDE}/30`, 'dev', this.#cable);
    run('ip', 'link', 'set', this.#cable, 'up');
    this.#inside('ip', 'link', 'set', 'lo', 'up');
    this.#inside('ip', 'address', 'add', `${INSIDE}/30`, 'dev', 'viewer');
    this.#inside('ip', 'link', 'set', 'viewer', 'up');
    this.#inside(nft, 'add', 'table', 'inet', 'guard');
    this.#inside(nft, 'add chain inet guard out { type filter hook output priority 0; }');
    for (const match of dropped) this.#inside(nft, `add rule inet guard out oifname viewer ${match} drop`);
  }

  async open(options: TestBrowserOptions): Promise<RemoteBrowser> {
    const program = new URL('remote-browser.ts', import.meta.url);
    const child = this.start(program, { ...options, address: INSIDE });
    const lines = createInterface({ input: child.stdout });
    const [first] = (await once(lines, 'line')) as [string];
    return new RemoteBrowser(child, (JSON.parse(first) as { offer: string }).offer, lines);
  }

  /** One of our programs at the other end of the cable. It and everything it starts are in one process group. */
  start(program: URL, options: object): ChildProcessByStdio<Writable, Readable, null> {
    const node = [process.execPath, '--import', 'tsx', program.pathname, JSON.stringify(options)];
    return spawn('ip', ['netns', 'exec', this.#name, ...node], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  }

  /** Cuts the cable: from now on nothing comes from it, not even the end of a connection. */
  cut(): void {
    this.#inside('/usr/sbin/nft', 'add rule inet guard out oifname viewer drop');
  }

  /** How many bytes came from it since it was made. */
  get bytesOut(): number {
    return Number(readFileSync(`/sys/class/net/${this.#cable}/statistics/rx_bytes`, 'utf8'));
  }

  close(): void {
    run('ip', 'link', 'delete', this.#cable);
    run('ip', 'netns', 'delete', this.#name);
  }

  #inside(program: string, ...args: string[]): void {
    run('ip', 'netns', 'exec', this.#name, program, ...args);
  }
}

/** A TestBrowser in that network. */
export class RemoteBrowser {
  pictures = 0;
  readonly offer: string;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, offer: string, lines: NodeJS.EventEmitter) {
    this.#child = child;
    this.offer = offer;
    lines.on('line', (line: string) => {
      this.pictures = (JSON.parse(line) as { pictures: number }).pictures;
    });
  }

  accept(answer: string): void {
    this.#child.stdin?.write(`${JSON.stringify({ answer })}\n`);
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
