import type { Socket } from 'node:net';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { plainAddress } from '../../platform/networks.ts';
import { settleWithin } from '../../platform/wait.ts';
import { LineReader } from '../../protocols/tunnel/handshake.ts';

const LAST_WORD_MS = 1000;

/** One connection that a device opened: lines until it is handed out, and what follows them is the camera's. */
export class DeviceConnection {
  readonly address: string;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #reader = new LineReader();
  #isParked = false;
  #wake: (() => void) | undefined;
  #failure: GatewayError | undefined;
  readonly #onData = (chunk: Buffer): void => this.#receive(chunk);

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.address = plainAddress(socket.remoteAddress ?? '');
    socket.on('error', () => {});
    socket.on('close', () => this.#wake?.());
    socket.on('data', this.#onData);
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  onClose(listener: () => void): void {
    if (this.#socket.destroyed) listener();
    else this.#socket.once('close', listener);
  }

  /** The next line that is not empty. Rejects with `camera-closed`, `timeout`, `too-large` or `stopping`. */
  line(timeoutMs: number, signal?: AbortSignal): Promise<string> {
    this.#isParked = false;
    return settleWithin<string>({
      clock: this.#clock,
      timeoutMs,
      signal,
      late: () => {
        throw new GatewayError('timeout', 'The device does not answer.');
      },
      aborted: () => {
        throw new GatewayError('stopping', 'The connection attempt was stopped.');
      },
      begin: ({ resolve, reject }) => {
        const look = (): void => {
          try {
            const line = this.#nextLine();
            if (line !== undefined) resolve(line);
            else if (!this.isOpen)
              reject(this.#failure ?? new GatewayError('camera-closed', 'The device closed the connection.'));
          } catch (error) {
            reject(error);
          }
        };
        this.#wake = look;
        look();
        return () => {
          this.#wake = undefined;
        };
      },
    });
  }

  send(line: string): void {
    if (this.isOpen) this.#socket.write(`${line}\n`);
  }

  /** From now on the device has nothing to say until it is asked. */
  park(): void {
    this.#isParked = true;
    this.#receive(Buffer.alloc(0));
  }

  /** The bare connection, beginning with the first byte behind the last line. */
  release(): Socket {
    this.#socket.off('data', this.#onData);
    this.#socket.pause();
    const rest = this.#reader.rest();
    if (rest.length > 0) this.#socket.unshift(rest);
    this.#socket.setNoDelay(true);
    return this.#socket;
  }

  /** A last line, and the end. */
  refuse(reason: string): void {
    if (this.isOpen) this.#socket.end(`NO ${reason}\n`);
    const cancel = this.#clock.after(LAST_WORD_MS, () => this.#socket.destroy());
    this.onClose(cancel);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#reader.push(chunk);
    if (this.#wake) {
      this.#wake();
      return;
    }
    if (!this.#isParked) return;
    try {
      if (this.#nextLine() !== undefined) this.close();
    } catch {
      this.close();
    }
  }

  #nextLine(): string | undefined {
    try {
      let line = this.#reader.next();
      while (line === '') line = this.#reader.next();
      return line;
    } catch (error) {
      this.#failure = error as GatewayError;
      this.close();
      throw error;
    }
  }
}
