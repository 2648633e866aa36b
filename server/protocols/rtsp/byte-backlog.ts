const SMALLEST_CAPACITY = 4096;

/**
 * Bytes that wait for the rest of their message. The memory grows by doubling, so that a stream cut into single bytes costs
 * linear time. Bytes that were returned are never overwritten, so views of them stay valid.
 */
export class ByteBacklog {
  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;
  #wanted = 0;

  /** How many bytes, counted from the first kept one, must be there before `append` returns anything again. */
  want(bytes: number): void {
    this.#wanted = bytes;
  }

  /** Returns everything from the first kept byte on, or undefined while fewer bytes than needed are there. */
  append(chunk: Uint8Array): Uint8Array | undefined {
    if (this.#length === 0) return chunk;
    this.#reserve(Math.max(this.#length + chunk.length, this.#wanted));
    this.#buffer.set(chunk, this.#length);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return undefined;
    this.#wanted = 0;
    return this.#buffer.subarray(0, this.#length);
  }

  /** Keeps the bytes of `data` from `at` on. `data` is what `append` returned. */
  keep(data: Uint8Array, at: number): void {
    const rest = data.length - at;
    if (at === 0 && data.buffer === this.#buffer.buffer && this.#length === rest) return;
    this.#length = 0;
    this.#buffer = new Uint8Array(0);
    if (rest === 0) return;
    this.#reserve(Math.max(rest, this.#wanted));
    this.#buffer.set(data.subarray(at));
    this.#length = rest;
  }

  #reserve(capacity: number): void {
    if (capacity <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(capacity, this.#buffer.length * 2, SMALLEST_CAPACITY));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}
