import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import pino from 'pino';
import { afterEach } from 'vitest';
import { type Clock, systemClock } from '../../../platform/clock.ts';
import { proofOf } from '../../../protocols/tunnel/handshake.ts';
import type { DoorNote } from '../raw-listener.ts';
import type { RawTunnel } from '../raw-tunnel.ts';
import { TunnelDevices } from '../tunnel-devices.ts';

export const TOKEN = 'a token that only this device knows';
export const WAREHOUSE: RawTunnel = { name: 'warehouse', port: 0, token: TOKEN, listen: '127.0.0.1' };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
export function atEnd(close: () => unknown): void {
  closers.push(close);
}

export type RawRig = {
  readonly tunnels: TunnelDevices;
  readonly notes: readonly DoorNote[];
  readonly log: readonly string[];
  portOf(name?: string): number;
  /** What a camera's adapter gets when it dials. */
  dial(name?: string, timeoutMs?: number): ReturnType<TunnelDevices['dial']>;
};

export async function openRig(
  entries: readonly RawTunnel[] = [WAREHOUSE],
  clock: Clock = systemClock,
): Promise<RawRig> {
  const notes: DoorNote[] = [];
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
  const tunnels = new TunnelDevices({ clock, log, note: (note) => notes.push(note) });
  atEnd(() => tunnels.close());
  await tunnels.configure(entries);
  return {
    tunnels,
    notes,
    log: lines,
    portOf: (name = 'warehouse') => tunnels.portOf(name) as number,
    dial: async (name = 'warehouse', timeoutMs = 3000) => {
      const carrier = await tunnels.dial(name, { timeoutMs, signal: new AbortController().signal });
      carrier.on('error', () => {});
      atEnd(() => carrier.destroy());
      return carrier;
    },
  };
}

/** A device of the test's own, byte by byte. */
export class Caller {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    atEnd(() => socket.destroy());
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('close', () => this.#wake());
    socket.on('error', () => {});
  }

  static async call(port: number, localAddress = '127.0.0.1'): Promise<Caller> {
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    const caller = new Caller(socket);
    await once(socket, 'connect');
    return caller;
  }

  async #until(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      if (this.socket.closed) throw new Error(`hung up on after ${JSON.stringify(String(this.#received))}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async line(): Promise<string> {
    await this.#until(() => this.#received.includes(10));
    const end = this.#received.indexOf(10);
    const line = this.#received.subarray(0, end).toString();
    this.#received = this.#received.subarray(end + 1);
    return line;
  }

  async bytes(count: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= count);
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  async send(text: string): Promise<void> {
    await new Promise((resolve) => this.socket.write(text, resolve));
  }

  async nonce(name = 'warehouse'): Promise<Buffer> {
    await this.send(`ORIEL/1 ${name}\n`);
    const [word, hex = ''] = (await this.line()).split(' ');
    if (word !== 'NONCE') throw new Error(`no nonce: ${word} ${hex}`);
    return Buffer.from(hex, 'hex');
  }

  /** All of the handshake; answers with the last line of it. */
  async handshake(name = 'warehouse', token = TOKEN): Promise<string> {
    const nonce = await this.nonce(name);
    await this.send(`MAC ${proofOf(token, nonce).toString('hex')}\n`);
    return this.line();
  }

  async ended(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close');
  }
}

export async function park(rig: RawRig, name = 'warehouse', token = TOKEN): Promise<Caller> {
  const caller = await Caller.call(rig.portOf(name));
  const answer = await caller.handshake(name, token);
  if (answer !== 'OK') throw new Error(answer);
  return caller;
}
