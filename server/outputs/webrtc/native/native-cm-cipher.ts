import type { PacketRun } from '../../../protocols/srtp/packet-run.ts';
import type { SrtpSessionKeys } from '../../../protocols/srtp/session-keys.ts';
import { type SrtpCipher, writeCounterBlock } from '../../../protocols/srtp/srtp-cipher.ts';
import { SHA1_TAG_BYTES } from '../../../protocols/srtp/srtp-profile.ts';
import type { NativeLibrary } from './library.ts';
import { NativeCipherContext } from './native-cipher-context.ts';

/** AES-CM with HMAC-SHA1-80 (RFC 3711) by the OpenSSL inside the node binary, for peers that do not offer AES-GCM. */
export class NativeCmCipher implements SrtpCipher {
  readonly tagBytes = SHA1_TAG_BYTES;
  readonly #library: NativeLibrary;
  readonly #context: NativeCipherContext;
  readonly #salt: Uint8Array;
  readonly #authKey: Uint8Array<ArrayBuffer>;
  readonly #counter: Uint8Array<ArrayBuffer> = new Uint8Array(16);
  readonly #digest: Uint8Array<ArrayBuffer> = new Uint8Array(64);
  readonly #tag = this.#digest.subarray(0, SHA1_TAG_BYTES);
  readonly #authKeyAddress: number;
  readonly #counterAddress: number;
  readonly #digestAddress: number;
  readonly #sha1: number;

  constructor(library: NativeLibrary, keys: SrtpSessionKeys) {
    this.#library = library;
    this.#context = new NativeCipherContext(library, library.EVP_aes_128_ctr(), keys.cipherKey);
    this.#salt = keys.salt;
    this.#authKey = Uint8Array.from(keys.authKey);
    this.#authKeyAddress = library.addressOf(this.#authKey);
    this.#counterAddress = library.addressOf(this.#counter);
    this.#digestAddress = library.addressOf(this.#digest);
    this.#sha1 = library.EVP_sha1();
  }

  protect(run: PacketRun): void {
    const { pointer, scratch } = this.#context;
    for (let index = 0; index < run.count; index++) {
      const at = run.packetAt[index] as number;
      const length = run.payloadBytes[index] as number;
      const payload = run.source.address + (run.payloadAt[index] as number);
      const rolloverCounter = run.rolloverCounters[index] as number;
      writeCounterBlock(this.#counter, this.#salt, run.ssrc, rolloverCounter, run.sequenceNumbers[index] as number);
      this.#library.EVP_EncryptInit_ex(pointer, 0, 0, 0, this.#counterAddress);
      this.#library.EVP_EncryptUpdate(pointer, run.block.address + at + run.headerBytes, scratch, payload, length);
      this.#authenticate(run, at, run.headerBytes + length, rolloverCounter);
    }
  }

  close(): void {
    this.#context.close();
  }

  /** RFC 3711 clause 4.2. The rollover counter is written for a moment to the place of the tag. */
  #authenticate(run: PacketRun, at: number, length: number, rolloverCounter: number): void {
    const block = run.block.bytes;
    const end = at + length;
    block[end] = rolloverCounter >>> 24;
    block[end + 1] = rolloverCounter >>> 16;
    block[end + 2] = rolloverCounter >>> 8;
    block[end + 3] = rolloverCounter;
    const data = run.block.address + at;
    this.#library.HMAC(
      this.#sha1,
      this.#authKeyAddress,
      this.#authKey.length,
      data,
      length + 4,
      this.#digestAddress,
      0,
    );
    block.set(this.#tag, end);
  }
}
