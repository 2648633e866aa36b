import { Fifo } from './fifo.ts';
import { advance, distance } from './sequence-number.ts';

export type Segment = {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly isControl: boolean;
  transmissions: number;
};

type Unsent = { readonly bytes: Uint8Array; readonly isControl: boolean };

/** What was written and is not acknowledged yet. A write becomes one segment if it fits: devices send one frame per datagram. */
export class SendWindow {
  readonly #segmentBytes: number;
  readonly #unsent = new Fifo<Unsent>();
  #flight = new Fifo<Segment>();
  #unsentBytes = 0;
  #oldest: number;
  #next: number;

  constructor(segmentBytes: number, initialSequence: number) {
    this.#segmentBytes = segmentBytes;
    this.#oldest = initialSequence;
    this.#next = initialSequence;
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  get inFlightBytes(): number {
    return distance(this.#oldest, this.#next);
  }

  /** Sequence of the next new byte. */
  get next(): number {
    return this.#next;
  }

  /** Everything before this sequence has arrived at the peer. */
  get oldest(): number {
    return this.#oldest;
  }

  get oldestSegment(): Segment | undefined {
    return this.#flight.peek();
  }

  write(bytes: Uint8Array, isControl = false): void {
    for (let at = 0; at < bytes.length; at += this.#segmentBytes) {
      this.#unsent.push({ bytes: bytes.subarray(at, at + this.#segmentBytes), isControl });
    }
    this.#unsentBytes += bytes.length;
  }

  /** The next unsent segment that fits into `windowBytes` (peer's window or congestion window), now in flight. */
  take(windowBytes: number): Segment | undefined {
    const unsent = this.#unsent.peek();
    if (!unsent) return undefined;
    const usable = windowBytes - this.inFlightBytes;
    let { bytes } = unsent;
    if (bytes.length > usable) {
      // A very small segment is sent only when the window itself is small, to avoid the silly window syndrome.
      if (usable <= 0 || usable * 4 < windowBytes) return undefined;
      bytes = bytes.subarray(0, usable);
    }
    this.#unsent.shift();
    if (bytes.length < unsent.bytes.length) {
      this.#unsent.unshift({ bytes: unsent.bytes.subarray(bytes.length), isControl: unsent.isControl });
    }
    this.#unsentBytes -= bytes.length;
    const segment: Segment = { sequence: this.#next, bytes, isControl: unsent.isControl, transmissions: 0 };
    this.#flight.push(segment);
    this.#next = advance(this.#next, bytes.length);
    return segment;
  }

  /** Bytes that this acknowledgment newly covers; 0 when it repeats, undefined when it lies outside of what was sent. */
  acknowledge(acknowledgment: number): number | undefined {
    const bytes = distance(this.#oldest, acknowledgment);
    if (bytes > this.inFlightBytes) return undefined;
    if (bytes <= 0) return bytes === 0 ? 0 : undefined;
    this.#oldest = acknowledgment;
    for (let segment = this.#flight.peek(); segment; segment = this.#flight.peek()) {
      const left = distance(acknowledgment, advance(segment.sequence, segment.bytes.length));
      if (left >= segment.bytes.length) break;
      this.#flight.shift();
      if (left <= 0) continue;
      // The peer's window cut the segment, so the rest must still be sent.
      const rest = segment.bytes.subarray(segment.bytes.length - left);
      this.#flight.unshift({ ...segment, sequence: acknowledgment, bytes: rest });
      break;
    }
    return bytes;
  }
}
