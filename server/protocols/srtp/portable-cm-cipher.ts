import { createCipheriv, createSecretKey } from 'node:crypto';
import { GatewayError } from '../../platform/errors.ts';
import { FourHmacs } from './four-hmacs.ts';
import type { PacketRun } from './packet-run.ts';
import { releaseMemory } from './released-memory.ts';
import type { SrtpSessionKeys } from './session-keys.ts';
import { LANES } from './sha1-kernel.ts';
import type { SrtpCipher } from './srtp-cipher.ts';
import type { SrtpKernel } from './srtp-kernel.ts';
import { SHA1_TAG_BYTES } from './srtp-profile.ts';

const BLOCK_BYTES = 16;

/**
 * AES-CM with HMAC-SHA1-80 (RFC 3711). One `update` of a long-lived AES-ECB cipher of node:crypto makes the key stream of a
 * whole run, and the kernel does the rest. This costs less than half as much as one-shot hashes and leaves almost no garbage.
 * It accepts only the kernel's own run.
 */
export class PortableCmCipher implements SrtpCipher {
  readonly tagBytes = SHA1_TAG_BYTES;
  readonly #kernel: SrtpKernel;
  /** The salt as words, followed by two zero bytes. */
  readonly #salt: readonly [number, number, number, number];
  readonly #ecb: ReturnType<typeof createCipheriv>;
  readonly #hmacs: FourHmacs;

  constructor(kernel: SrtpKernel, keys: SrtpSessionKeys) {
    this.#kernel = kernel;
    const block = new Uint8Array(BLOCK_BYTES);
    block.set(keys.salt);
    const salt = new DataView(block.buffer);
    this.#salt = [salt.getUint32(0), salt.getUint32(4), salt.getUint32(8), salt.getUint32(12)];
    this.#ecb = createCipheriv('aes-128-ecb', createSecretKey(keys.cipherKey), null);
    this.#ecb.setAutoPadding(false);
    this.#hmacs = new FourHmacs(kernel, keys.authKey);
  }

  protect(run: PacketRun): void {
    if (run !== this.#kernel.run) throw new GatewayError('internal', 'A run outside the kernel was to be protected.');
    this.#makeKeyStream(run);
    this.#encrypt(run);
    for (let first = 0; first < run.count; first += LANES)
      this.#hmacs.authenticate(run, first, Math.min(LANES, run.count - first));
  }

  close(): void {}

  /** RFC 3711 clause 4.1.1: (salt || 00 00) XOR SSRC * 2^64 XOR index * 2^16, then counted up. */
  #makeKeyStream(run: PacketRun): void {
    const { bytes, keyStreamAt, countBlocks } = this.#kernel;
    const [w0, w1, w2, w3] = this.#salt;
    let at = keyStreamAt;
    for (let index = 0; index < run.count; index++) {
      const end = at + keyStreamBytes(run, index);
      const rolloverCounter = run.rolloverCounters[index] as number;
      const sequenceNumber = run.sequenceNumbers[index] as number;
      countBlocks(at, end, w0, w1 ^ run.ssrc, w2 ^ rolloverCounter, w3 ^ (sequenceNumber << 16));
      at = end;
    }
    const encrypted = this.#ecb.update(bytes.subarray(keyStreamAt, at));
    bytes.set(encrypted, keyStreamAt);
    releaseMemory(encrypted);
  }

  #encrypt(run: PacketRun): void {
    const { bytes, keyStreamAt, mask } = this.#kernel;
    let keyAt = keyStreamAt;
    for (let index = 0; index < run.count; index++) {
      const from = run.payloadAt[index] as number;
      const length = run.payloadBytes[index] as number;
      const to = run.block.address + (run.packetAt[index] as number) + run.headerBytes;
      bytes.set(run.source.bytes.subarray(from, from + length), to);
      mask(to, to + length, keyAt);
      keyAt += keyStreamBytes(run, index);
    }
  }
}

/** Whole blocks: no packet begins within another's. */
function keyStreamBytes(run: PacketRun, index: number): number {
  return ((run.payloadBytes[index] as number) + BLOCK_BYTES - 1) & -BLOCK_BYTES;
}
