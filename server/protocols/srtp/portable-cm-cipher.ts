import { createCipheriv, createSecretKey, hash } from 'node:crypto';
import { MAX_RUN_BYTES, MAX_RUN_PACKETS, type PacketRun } from './packet-run.ts';
import type { SrtpSessionKeys } from './session-keys.ts';
import { type SrtpCipher, writeCounterBlock } from './srtp-cipher.ts';
import { SHA1_TAG_BYTES } from './srtp-profile.ts';

const BLOCK_BYTES = 16;
const SHA1_BLOCK_BYTES = 64;
const SHA1_BYTES = 20;

/** Counter blocks of a whole run, also as words; shared, because protecting is synchronous. */
const counters = new Uint8Array(Math.ceil(MAX_RUN_BYTES / BLOCK_BYTES + MAX_RUN_PACKETS) * BLOCK_BYTES);
const counterWords = new Uint32Array(counters.buffer);
/** The inner hash's input: padded key, packet, rollover counter. */
const hashInput = new Uint8Array(SHA1_BLOCK_BYTES + 2048);

/**
 * AES-CM with HMAC-SHA1-80 (RFC 3711) with node:crypto. One `update` of a long-lived AES-ECB cipher makes the key stream of
 * a whole run, and HMAC is two one-shot hashes: a third of the cost of createCipheriv and createHmac for each packet.
 */
export class PortableCmCipher implements SrtpCipher {
  readonly tagBytes = SHA1_TAG_BYTES;
  readonly #salt: Uint8Array;
  readonly #ecb: ReturnType<typeof createCipheriv>;
  readonly #innerPad = new Uint8Array(SHA1_BLOCK_BYTES).fill(0x36);
  readonly #outer = new Uint8Array(SHA1_BLOCK_BYTES + SHA1_BYTES).fill(0x5c);

  constructor(keys: SrtpSessionKeys) {
    this.#salt = keys.salt;
    this.#ecb = createCipheriv('aes-128-ecb', createSecretKey(keys.cipherKey), null);
    this.#ecb.setAutoPadding(false);
    keys.authKey.forEach((byte, index) => {
      this.#innerPad[index] = byte ^ 0x36;
      this.#outer[index] = byte ^ 0x5c;
    });
  }

  protect(run: PacketRun): void {
    const keyStream = this.#keyStream(run);
    let used = 0;
    for (let index = 0; index < run.count; index++) {
      encrypt(run, index, keyStream, used);
      used += blocksOf(run.payloadBytes[index] as number) * BLOCK_BYTES;
      this.#authenticate(run, index);
    }
  }

  close(): void {}

  #keyStream(run: PacketRun): Uint8Array {
    let at = 0;
    for (let index = 0; index < run.count; index++) {
      const first = at;
      writeCounterBlock(
        counters.subarray(first, first + BLOCK_BYTES),
        this.#salt,
        run.ssrc,
        run.rolloverCounters[index] as number,
        run.sequenceNumbers[index] as number,
      );
      at += BLOCK_BYTES;
      const end = first + blocksOf(run.payloadBytes[index] as number) * BLOCK_BYTES;
      for (let block = 1; at < end; block++, at += BLOCK_BYTES) {
        const word = at >> 2;
        const from = first >> 2;
        counterWords[word] = counterWords[from] as number;
        counterWords[word + 1] = counterWords[from + 1] as number;
        counterWords[word + 2] = counterWords[from + 2] as number;
        counterWords[word + 3] = counterWords[from + 3] as number;
        counters[at + 14] = block >>> 8;
        counters[at + 15] = block;
      }
    }
    return this.#ecb.update(counters.subarray(0, at));
  }

  /** RFC 3711 clause 4.2: over header, ciphertext and rollover counter, cut to ten bytes. */
  #authenticate(run: PacketRun, index: number): void {
    const block = run.block.bytes;
    const at = run.packetAt[index] as number;
    const length = run.headerBytes + (run.payloadBytes[index] as number);
    const rolloverCounter = run.rolloverCounters[index] as number;
    hashInput.set(this.#innerPad);
    hashInput.set(block.subarray(at, at + length), SHA1_BLOCK_BYTES);
    const end = SHA1_BLOCK_BYTES + length;
    hashInput[end] = rolloverCounter >>> 24;
    hashInput[end + 1] = rolloverCounter >>> 16;
    hashInput[end + 2] = rolloverCounter >>> 8;
    hashInput[end + 3] = rolloverCounter;
    this.#outer.set(hash('sha1', hashInput.subarray(0, end + 4), 'buffer'), SHA1_BLOCK_BYTES);
    block.set(hash('sha1', this.#outer, 'buffer').subarray(0, SHA1_TAG_BYTES), at + length);
  }
}

function blocksOf(payloadBytes: number): number {
  return Math.max(1, (payloadBytes + BLOCK_BYTES - 1) >> 4);
}

/** Whole words where everything lies at their boundaries, as run and history see to. The last word may spill into the tag. */
function encrypt(run: PacketRun, index: number, keyStream: Uint8Array, used: number): void {
  const source = run.source.bytes;
  const target = run.block.bytes;
  const from = run.payloadAt[index] as number;
  const to = (run.packetAt[index] as number) + run.headerBytes;
  const length = run.payloadBytes[index] as number;
  const key = keyStream.byteOffset + used;
  if (((from | to | key | source.byteOffset | target.byteOffset) & 3) !== 0) {
    for (let byte = 0; byte < length; byte++)
      target[to + byte] = (source[from + byte] as number) ^ (keyStream[used + byte] as number);
    return;
  }
  const words = (length + 3) >> 2;
  const sourceWords = new Uint32Array(source.buffer, source.byteOffset + from, words);
  const targetWords = new Uint32Array(target.buffer, target.byteOffset + to, words);
  const keyWords = new Uint32Array(keyStream.buffer, key, words);
  for (let word = 0; word < words; word++)
    targetWords[word] = (sourceWords[word] as number) ^ (keyWords[word] as number);
}
