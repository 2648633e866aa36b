import type { PacketRun } from './packet-run.ts';
import { LANES, SHA1_BLOCK_BYTES, STATE_WORDS } from './sha1-kernel.ts';
import type { SrtpKernel } from './srtp-kernel.ts';

const FIRST_STATE = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
/** RFC 2104 clause 2. */
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** RFC 3174 clause 4: a one bit follows the message, and its last block ends with its length in bits. */
const ONE_BIT = 0x80;
const LENGTH_BYTES = 8;
const DIGEST_BYTES = STATE_WORDS * 4;
const ROLLOVER_COUNTER_BYTES = 4;

/**
 * HMAC-SHA1 of up to four packets at once, with one key. The padded key is hashed only once, and both hashes of every packet
 * continue from that state (RFC 2104 clause 4).
 */
export class FourHmacs {
  readonly #kernel: SrtpKernel;
  readonly #inner: Uint32Array;
  readonly #outer: Uint32Array;

  constructor(kernel: SrtpKernel, key: Uint8Array) {
    this.#kernel = kernel;
    this.#inner = stateAfterKey(kernel, key, INNER_PAD);
    this.#outer = stateAfterKey(kernel, key, OUTER_PAD);
    for (let lane = 0; lane < LANES; lane++) prepareOuterBlock(kernel, lane);
  }

  /** Writes the tags of `count` packets of the run, the last of which may be shorter (RFC 3711 clause 4.2). */
  authenticate(run: PacketRun, first: number, count: number): void {
    const last = first + count - 1;
    for (let index = first; index <= last; index++) this.#pad(run, index);
    const longest = paddedBytes(run, first);
    const shortest = paddedBytes(run, last);
    this.#kernel.state.set(this.#inner);
    this.#absorb(run, first, last, 0, shortest);
    for (let lane = 0; lane < count; lane++) this.#moveInnerHash(lane);
    if (shortest < longest) {
      this.#absorb(run, first, last - 1, shortest, longest);
      for (let lane = 0; lane < count - 1; lane++) this.#moveInnerHash(lane);
    }
    this.#hashOuter();
    for (let lane = 0; lane < count; lane++) this.#writeTag(run, first + lane, lane);
  }

  /** Completes header and ciphertext to whole blocks by adding the rollover counter and the end of a message. */
  #pad(run: PacketRun, index: number): void {
    const { bytes, view } = this.#kernel;
    const at = run.block.address + (run.packetAt[index] as number);
    const end = at + signedBytes(run, index);
    const lengthAt = at + paddedBytes(run, index) - 4;
    view.setUint32(end - ROLLOVER_COUNTER_BYTES, run.rolloverCounters[index] as number);
    bytes[end] = ONE_BIT;
    bytes.fill(0, end + 1, lengthAt);
    view.setUint32(lengthAt, (SHA1_BLOCK_BYTES + end - at) * 8);
  }

  /** Hashes these bytes of each packet; lanes without a packet of their own read the last one's. */
  #absorb(run: PacketRun, first: number, last: number, from: number, to: number): void {
    const begin = run.block.address + from;
    const a = begin + (run.packetAt[first] as number);
    const b = begin + (run.packetAt[Math.min(first + 1, last)] as number);
    const c = begin + (run.packetAt[Math.min(first + 2, last)] as number);
    const d = begin + (run.packetAt[Math.min(first + 3, last)] as number);
    this.#kernel.absorb(a, b, c, d, a - from + to);
  }

  #moveInnerHash(lane: number): void {
    const { state, view, outerAt } = this.#kernel;
    const at = outerAt + lane * SHA1_BLOCK_BYTES;
    for (let word = 0; word < STATE_WORDS; word++) view.setUint32(at + word * 4, state[word * LANES + lane] as number);
  }

  #hashOuter(): void {
    const { state, outerAt, absorb } = this.#kernel;
    const second = outerAt + SHA1_BLOCK_BYTES;
    state.set(this.#outer);
    absorb(outerAt, second, second + SHA1_BLOCK_BYTES, second + 2 * SHA1_BLOCK_BYTES, second);
  }

  /** Ten bytes: two words and a half. */
  #writeTag(run: PacketRun, index: number, lane: number): void {
    const { state, view } = this.#kernel;
    const at = run.block.address + (run.packetAt[index] as number) + signedBytes(run, index) - ROLLOVER_COUNTER_BYTES;
    view.setUint32(at, state[lane] as number);
    view.setUint32(at + 4, state[LANES + lane] as number);
    view.setUint16(at + 8, (state[2 * LANES + lane] as number) >>> 16);
  }
}

/** What follows the inner hash in the block of the outer hash. */
function prepareOuterBlock({ bytes, view, outerAt }: SrtpKernel, lane: number): void {
  const at = outerAt + lane * SHA1_BLOCK_BYTES;
  bytes.fill(0, at + DIGEST_BYTES, at + SHA1_BLOCK_BYTES);
  bytes[at + DIGEST_BYTES] = ONE_BIT;
  view.setUint32(at + SHA1_BLOCK_BYTES - 4, (SHA1_BLOCK_BYTES + DIGEST_BYTES) * 8);
}

/** The same value in all four lanes. */
function stateAfterKey(kernel: SrtpKernel, key: Uint8Array, pad: number): Uint32Array {
  const { bytes, state, outerAt, absorb } = kernel;
  const end = outerAt + SHA1_BLOCK_BYTES;
  bytes.fill(pad, outerAt, end);
  key.forEach((byte, index) => {
    bytes[outerAt + index] = byte ^ pad;
  });
  for (const [index, word] of FIRST_STATE.entries()) state.fill(word, index * LANES, (index + 1) * LANES);
  absorb(outerAt, outerAt, outerAt, outerAt, end);
  return state.slice();
}

/** The length of header, ciphertext and rollover counter. */
function signedBytes(run: PacketRun, index: number): number {
  return run.headerBytes + (run.payloadBytes[index] as number) + ROLLOVER_COUNTER_BYTES;
}

function paddedBytes(run: PacketRun, index: number): number {
  return (signedBytes(run, index) + 1 + LENGTH_BYTES + SHA1_BLOCK_BYTES - 1) & -SHA1_BLOCK_BYTES;
}
