import { Fifo } from './fifo.ts';
import { advance, distance } from './sequence-number.ts';

/** `filled` means in order, and that it closed a gap before segments that had arrived early. */
export type Arrival = 'in-order' | 'filled' | 'old' | 'early';

type Held = { readonly sequence: number; readonly bytes: Uint8Array };

/** The limit of early segments that are kept, so that a peer that sends single bytes cannot make insertion slow. */
const MAX_HELD_SEGMENTS = 512;

/** Puts overlapping, repeated and reordered pieces of a stream in order. Pieces keep the borders they arrived with. */
export class ReceiveWindow {
  readonly #capacityBytes: number;
  readonly #ready = new Fifo<Uint8Array>();
  /** Early segments by sequence. */
  readonly #held: Held[] = [];
  #readyBytes = 0;
  #next = 0;

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** The next byte of the stream that is missing. */
  get next(): number {
    return this.#next;
  }

  get freeBytes(): number {
    return this.#capacityBytes - this.#readyBytes;
  }

  start(next: number): void {
    this.#next = next;
  }

  accept(sequence: number, body: Uint8Array): Arrival {
    const offset = distance(this.#next, sequence);
    const from = Math.max(0, -offset);
    if (from >= body.length) return 'old';
    const start = Math.max(0, offset);
    const bytes = body.subarray(from, from + Math.max(0, this.freeBytes - start));
    if (bytes.length === 0) return 'early';
    if (start > 0) {
      this.#hold(sequence, bytes);
      return 'early';
    }
    const hadHeld = this.#held.length > 0;
    this.#append(bytes);
    this.#releaseHeld();
    return hadHeld ? 'filled' : 'in-order';
  }

  /** Takes the next piece in order and frees its room. */
  take(): Uint8Array | undefined {
    const bytes = this.#ready.shift();
    if (bytes) this.#readyBytes -= bytes.length;
    return bytes;
  }

  #append(bytes: Uint8Array): void {
    this.#ready.push(bytes);
    this.#readyBytes += bytes.length;
    this.#next = advance(this.#next, bytes.length);
  }

  #hold(sequence: number, bytes: Uint8Array): void {
    let at = this.#held.length;
    while (at > 0 && distance(sequence, this.#held[at - 1]?.sequence ?? 0) > 0) at--;
    const before = this.#held[at - 1];
    if (before?.sequence === sequence && before.bytes.length >= bytes.length) return;
    this.#held.splice(at, 0, { sequence, bytes });
    if (this.#held.length > MAX_HELD_SEGMENTS) this.#held.pop();
  }

  #releaseHeld(): void {
    let released = 0;
    for (const { sequence, bytes } of this.#held) {
      const offset = distance(this.#next, sequence);
      if (offset > 0) break;
      released++;
      if (-offset < bytes.length) this.#append(bytes.subarray(-offset));
    }
    this.#held.splice(0, released);
  }
}
