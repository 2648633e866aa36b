/** Writes big-endian bit fields into bytes that grow as needed. */
export class BitWriter {
  #bytes: Uint8Array;
  #length = 0;
  #pending = 0;
  #pendingBits = 0;

  constructor(expectedBytes: number) {
    this.#bytes = new Uint8Array(expectedBytes);
  }

  /** Up to 32 bits of an unsigned number. */
  bits(value: number, count: number): void {
    let left = count;
    while (left > 0) {
      const take = Math.min(8 - this.#pendingBits, left);
      const chunk = (value >>> (left - take)) & ((1 << take) - 1);
      this.#pending = (this.#pending << take) | chunk;
      this.#pendingBits += take;
      left -= take;
      if (this.#pendingBits === 8) this.#flush();
    }
  }

  /** Writes this many zeros and then a one. */
  unary(zeros: number): void {
    let left = zeros;
    for (; left >= 31; left -= 31) this.bits(0, 31);
    this.bits(1, left + 1);
  }

  /** Fills the last byte with zeros. */
  align(): void {
    if (this.#pendingBits > 0) this.bits(0, 8 - this.#pendingBits);
  }

  /** The whole bytes so far, as a view. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  finish(): Uint8Array {
    this.align();
    return this.#bytes.slice(0, this.#length);
  }

  #flush(): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(Math.max(64, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = this.#pending;
    this.#pending = 0;
    this.#pendingBits = 0;
  }
}
