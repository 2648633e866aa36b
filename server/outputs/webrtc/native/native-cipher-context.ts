import { GatewayError } from '../../../platform/errors.ts';
import type { NativeLibrary } from './library.ts';

/** One EVP_CIPHER_CTX with its key set. OpenSSL copies the key; the context is ours until `close`. */
export class NativeCipherContext {
  readonly #library: NativeLibrary;
  /** OpenSSL writes lengths here, which are not needed. */
  readonly #scratchBytes: Uint8Array<ArrayBuffer> = new Uint8Array(16);
  readonly scratch: number;
  #pointer: number;

  constructor(library: NativeLibrary, cipher: number, key: Uint8Array) {
    this.#library = library;
    this.scratch = library.addressOf(this.#scratchBytes);
    const copy: Uint8Array<ArrayBuffer> = Uint8Array.from(key);
    this.#pointer = library.EVP_CIPHER_CTX_new();
    const done =
      this.#pointer !== 0 && library.EVP_EncryptInit_ex(this.#pointer, cipher, 0, library.addressOf(copy), 0);
    if (done !== 1) {
      this.close();
      throw new GatewayError('internal', 'OpenSSL refused to set up a cipher. Restart the gateway.');
    }
  }

  /** Throws after `close`: a freed context handed to OpenSSL would end the process. */
  get pointer(): number {
    if (this.#pointer === 0) throw new GatewayError('internal', 'A closed cipher was used.');
    return this.#pointer;
  }

  close(): void {
    if (this.#pointer !== 0) this.#library.EVP_CIPHER_CTX_free(this.#pointer);
    this.#pointer = 0;
  }
}
