import { Duplex } from 'node:stream';
import type { GatewayError } from '../../platform/errors.ts';
import type { Realm, RealmListener, RealmTable } from './realm-table.ts';

export type RealmStreamEvents = {
  connected(): void;
  /** Called when more bytes wait for the reader. */
  backlogGrew(stream: RealmStream): void;
  /** Called when the reader has taken bytes that waited. */
  wantsMore(): void;
  closed(stream: RealmStream): void;
};

/** One realm as an ordinary two-way stream, like the TCP connection that it represents. */
export class RealmStream extends Duplex {
  readonly #realms: RealmTable;
  readonly #events: RealmStreamEvents;
  readonly #realm: Realm;
  receivedBytes = 0;
  #afterWrite: (() => void) | undefined;

  constructor(realms: RealmTable, attach: (listener: RealmListener) => Realm, events: RealmStreamEvents) {
    super({ allowHalfOpen: false });
    this.on('error', () => {}); // The tunnel may be lost before anybody listens.
    this.#realms = realms;
    this.#events = events;
    this.#realm = attach({
      connected: () => events.connected(),
      data: (bytes) => this.#receive(bytes),
      drained: () => this.#drained(),
      closed: (reason) => this.#closed(reason),
    });
  }

  get realm(): Realm {
    return this.#realm;
  }

  /** Bytes that arrived and were not read yet. */
  get backlogBytes(): number {
    return this.readableLength;
  }

  override _read(): void {
    this.#events.wantsMore();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#realm.state !== 'open') {
      done();
      return;
    }
    this.#afterWrite = done;
    this.#realms.write(this.#realm, chunk);
  }

  /** There is no half-close: ending our side ends the realm. */
  override _final(done: () => void): void {
    this.#realms.end(this.#realm);
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#realms.destroy(this.#realm);
    this.#events.closed(this);
    this.#drained();
    done(error);
  }

  #receive(bytes: Uint8Array): void {
    if (this.readableEnded || this.destroyed) return;
    this.receivedBytes += bytes.length;
    this.push(bytes);
    this.#events.backlogGrew(this);
  }

  #drained(): void {
    const done = this.#afterWrite;
    this.#afterWrite = undefined;
    done?.();
  }

  #closed(reason: GatewayError | undefined): void {
    if (reason) this.destroy(reason);
    else this.push(null);
    this.#drained();
  }
}
