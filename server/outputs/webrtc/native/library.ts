import { createRequire } from 'node:module';
import type { Koffi } from './koffi-types.ts';

/**
 * C functions by their own names, called through koffi: OpenSSL's from the node binary itself, the rest from libc. Every
 * pointer is a number here; a byte array's address stays valid while the array is referenced from JavaScript.
 */
export type NativeLibrary = {
  EVP_CIPHER_CTX_new(): number;
  EVP_CIPHER_CTX_free(context: number): void;
  EVP_aes_128_gcm(): number;
  EVP_aes_128_ctr(): number;
  EVP_EncryptInit_ex(context: number, cipher: number, engine: number, key: number, nonce: number): number;
  EVP_EncryptUpdate(context: number, out: number, outLength: number, input: number, inputLength: number): number;
  EVP_EncryptFinal_ex(context: number, out: number, outLength: number): number;
  EVP_CIPHER_CTX_ctrl(context: number, type: number, argument: number, pointer: number): number;
  EVP_sha1(): number;
  HMAC(
    digest: number,
    key: number,
    keyLength: number,
    data: number,
    dataLength: number,
    out: number,
    outLength: number,
  ): number;
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: number, length: number): number;
  close(fd: number): number;
  setsockopt(fd: number, level: number, name: number, value: number, length: number): number;
  sendmsg(fd: number, message: number, flags: number): number;
  /** The errno of the last call that failed. */
  errno(): number;
  addressOf(bytes: Uint8Array<ArrayBuffer>): number;
};

const PROTOTYPES = [
  'uintptr_t EVP_CIPHER_CTX_new()',
  'void EVP_CIPHER_CTX_free(uintptr_t context)',
  'uintptr_t EVP_aes_128_gcm()',
  'uintptr_t EVP_aes_128_ctr()',
  'int EVP_EncryptInit_ex(uintptr_t context, uintptr_t cipher, uintptr_t engine, uintptr_t key, uintptr_t nonce)',
  'int EVP_EncryptUpdate(uintptr_t context, uintptr_t out, uintptr_t outLength, uintptr_t input, int inputLength)',
  'int EVP_EncryptFinal_ex(uintptr_t context, uintptr_t out, uintptr_t outLength)',
  'int EVP_CIPHER_CTX_ctrl(uintptr_t context, int type, int argument, uintptr_t pointer)',
  'uintptr_t EVP_sha1()',
  'uintptr_t HMAC(uintptr_t digest, uintptr_t key, int keyLength, uintptr_t data, size_t dataLength, uintptr_t out, uintptr_t outLength)',
  'int socket(int family, int type, int protocol)',
  'int bind(int fd, uintptr_t address, uint32_t length)',
  'int close(int fd)',
  'int setsockopt(int fd, int level, int name, uintptr_t value, uint32_t length)',
  'intptr_t sendmsg(int fd, uintptr_t message, int flags)',
];

/** The library, or a sentence that says why it is missing. It never throws, because the portable path can be used instead. */
export function loadNativeLibrary(
  load: () => unknown = () => createRequire(import.meta.url)('koffi'),
): NativeLibrary | string {
  if (process.platform !== 'linux') return `the native send path needs Linux, this is ${process.platform}`;
  if (process.arch !== 'x64' && process.arch !== 'arm64') return `the native send path does not know ${process.arch}`;
  try {
    const koffi = load() as Koffi;
    const self = koffi.load(null);
    const functions = PROTOTYPES.map((prototype) => {
      const call = self.func(prototype);
      return [/(\w+)\(/.exec(prototype)?.[1], call] as const;
    });
    return {
      ...(Object.fromEntries(functions) as Omit<NativeLibrary, 'errno' | 'addressOf'>),
      errno: () => koffi.errno(),
      addressOf: (bytes) => Number(koffi.address(bytes)),
    };
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error);
  }
}
