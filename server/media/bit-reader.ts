import { GatewayError } from '../platform/errors.ts';

/** Longest Exp-Golomb prefix a valid stream can hold (H.264 clause 9.1: values fit in 32 bits). */
const MAX_GOLOMB_PREFIX = 31;

/** Reads big-endian bit fields. Reading past the end throws: a header that stops early can never become valid. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get bitsLeft(): number {
    return this.#bytes.length * 8 - this.#at;
  }

  /** Up to 32 bits as an unsigned number. */
  bits(count: number): number {
    if (count > this.bitsLeft) throw new GatewayError('bad-data', 'A codec header ends in the middle of a field.');
    let value = 0;
    let left = count;
    while (left > 0) {
      const free = 8 - (this.#at & 7);
      const take = Math.min(free, left);
      const byte = this.#bytes[this.#at >> 3] as number;
      value = value * 2 ** take + ((byte >> (free - take)) & ((1 << take) - 1));
      this.#at += take;
      left -= take;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  skip(count: number): void {
    if (count > this.bitsLeft) throw new GatewayError('bad-data', 'A codec header ends in the middle of a field.');
    this.#at += count;
  }

  /** Whole bytes, wherever they begin; a view when they are aligned. */
  bytes(count: number): Uint8Array {
    if (count * 8 > this.bitsLeft) throw new GatewayError('bad-data', 'A codec header ends in the middle of a field.');
    const at = this.#at >> 3;
    const shift = this.#at & 7;
    this.#at += count * 8;
    if (shift === 0) return this.#bytes.subarray(at, at + count);
    return Uint8Array.from({ length: count }, (_, index) => {
      const pair = ((this.#bytes[at + index] as number) << 8) | (this.#bytes[at + index + 1] as number);
      return (pair >> (8 - shift)) & 255;
    });
  }

  /** ue(v), H.264 clause 9.1. */
  unsignedGolomb(): number {
    let zeros = 0;
    while (!this.flag()) {
      if (++zeros > MAX_GOLOMB_PREFIX) throw new GatewayError('bad-data', 'A codec header holds an impossible number.');
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v), H.264 clause 9.1.1. */
  signedGolomb(): number {
    const code = this.unsignedGolomb();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}

/** The raw bytes of a NAL unit: 00 00 03 stands for 00 00 inside it (H.264 clause 7.4.1). */
export function withoutEmulationPrevention(nal: Uint8Array): Uint8Array {
  const raw = new Uint8Array(nal.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    raw[length++] = byte;
  }
  return raw.subarray(0, length);
}
