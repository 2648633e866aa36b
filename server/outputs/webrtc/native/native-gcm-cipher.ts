import type { PacketRun } from '../../../protocols/srtp/packet-run.ts';
import type { SrtpSessionKeys } from '../../../protocols/srtp/session-keys.ts';
import { type SrtpCipher, writeGcmNonce, writeGcmNonceBase } from '../../../protocols/srtp/srtp-cipher.ts';
import { GCM_TAG_BYTES } from '../../../protocols/srtp/srtp-profile.ts';
import type { NativeLibrary } from './library.ts';
import { NativeCipherContext } from './native-cipher-context.ts';

const EVP_CTRL_AEAD_GET_TAG = 16;

/** AES-GCM (RFC 7714) by the OpenSSL inside the node binary: a sixth of the cost of node:crypto, because nothing is allocated. */
export class NativeGcmCipher implements SrtpCipher {
  readonly tagBytes = GCM_TAG_BYTES;
  readonly #library: NativeLibrary;
  readonly #context: NativeCipherContext;
  readonly #salt: Uint8Array;
  readonly #base = new Uint8Array(12);
  readonly #nonce: Uint8Array<ArrayBuffer> = new Uint8Array(12);
  readonly #nonceAddress: number;

  constructor(library: NativeLibrary, keys: SrtpSessionKeys) {
    this.#library = library;
    this.#context = new NativeCipherContext(library, library.EVP_aes_128_gcm(), keys.cipherKey);
    this.#salt = keys.salt;
    this.#nonceAddress = library.addressOf(this.#nonce);
  }

  protect(run: PacketRun): void {
    const { EVP_EncryptInit_ex, EVP_EncryptUpdate, EVP_EncryptFinal_ex, EVP_CIPHER_CTX_ctrl } = this.#library;
    const { pointer, scratch } = this.#context;
    const { headerBytes } = run;
    writeGcmNonceBase(this.#base, this.#salt, run.ssrc);
    for (let index = 0; index < run.count; index++) {
      const header = run.block.address + (run.packetAt[index] as number);
      const body = header + headerBytes;
      const length = run.payloadBytes[index] as number;
      const payload = run.source.address + (run.payloadAt[index] as number);
      writeGcmNonce(
        this.#nonce,
        this.#base,
        run.rolloverCounters[index] as number,
        run.sequenceNumbers[index] as number,
      );
      EVP_EncryptInit_ex(pointer, 0, 0, 0, this.#nonceAddress);
      EVP_EncryptUpdate(pointer, 0, scratch, header, headerBytes);
      EVP_EncryptUpdate(pointer, body, scratch, payload, length);
      EVP_EncryptFinal_ex(pointer, scratch, scratch);
      EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_BYTES, body + length);
    }
  }

  close(): void {
    this.#context.close();
  }
}
