import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_RUN_BYTES, PacketRun } from '../../../protocols/srtp/packet-run.ts';
import { PortableCmCipher } from '../../../protocols/srtp/portable-cm-cipher.ts';
import { PortableGcmCipher } from '../../../protocols/srtp/portable-gcm-cipher.ts';
import { deriveSessionKeys, type SrtpSessionKeys } from '../../../protocols/srtp/session-keys.ts';
import type { SrtpCipher } from '../../../protocols/srtp/srtp-cipher.ts';
import { createSrtpKernel, type SrtpKernel } from '../../../protocols/srtp/srtp-kernel.ts';
import { SRTP_PROFILE, type SrtpProfile } from '../../../protocols/srtp/srtp-profile.ts';
import { loadNativeLibrary, type NativeLibrary } from './library.ts';
import { NativeCmCipher } from './native-cm-cipher.ts';
import { NativeGcmCipher } from './native-gcm-cipher.ts';
import { nativeMemory, portableMemory } from './packet-memory.ts';

const library = loadNativeLibrary() as NativeLibrary;
const kernel = createSrtpKernel() as SrtpKernel;
const SSRC = 0xdeadbeef;
const HEADER_BYTES = 20;

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

function keysFor(profile: SrtpProfile): SrtpSessionKeys {
  const salt = randomBytes(profile === SRTP_PROFILE.aesGcm ? 12 : 14);
  return deriveSessionKeys({ profile, key: randomBytes(16), salt });
}

/** The receiving side, written from RFC 3711 and RFC 7714 without using the code under test. */
function unprotect(keys: SrtpSessionKeys, packet: Uint8Array, rollover: number, sequence: number): Uint8Array {
  const index = Buffer.alloc(6);
  index.writeUInt32BE(rollover);
  index.writeUInt16BE(sequence, 4);
  const ssrc = Buffer.alloc(4);
  ssrc.writeUInt32BE(SSRC);
  const salt = Buffer.from(keys.salt);
  if (keys.profile === SRTP_PROFILE.aesGcm) {
    const nonce = Buffer.concat([Buffer.alloc(2), ssrc, index]).map((byte, at) => byte ^ (salt[at] as number));
    const decipher = createDecipheriv('aes-128-gcm', keys.cipherKey, nonce);
    decipher.setAAD(packet.subarray(0, HEADER_BYTES));
    decipher.setAuthTag(packet.subarray(-16));
    return Uint8Array.from(Buffer.concat([decipher.update(packet.subarray(HEADER_BYTES, -16)), decipher.final()]));
  }
  const hmac = createHmac('sha1', keys.authKey).update(packet.subarray(0, -10)).update(index.subarray(0, 4));
  expect(packet.slice(-10)).toEqual(Uint8Array.from(hmac.digest().subarray(0, 10)));
  const counter = Buffer.concat([Buffer.alloc(4), ssrc, index, Buffer.alloc(2)]);
  salt.forEach((byte, at) => {
    counter[at] = (counter[at] as number) ^ byte;
  });
  return Uint8Array.from(
    createCipheriv('aes-128-ctr', keys.cipherKey, counter).update(packet.subarray(HEADER_BYTES, -10)),
  );
}

const native = nativeMemory(library);
const nativeRun = new PacketRun(native(MAX_RUN_BYTES), 0);

describe.each([
  [
    'native AES-GCM',
    SRTP_PROFILE.aesGcm,
    (keys: SrtpSessionKeys) => new NativeGcmCipher(library, keys),
    native,
    nativeRun,
  ],
  [
    'native AES-CM',
    SRTP_PROFILE.aesCmSha1,
    (keys: SrtpSessionKeys) => new NativeCmCipher(library, keys),
    native,
    nativeRun,
  ],
  [
    'portable AES-GCM',
    SRTP_PROFILE.aesGcm,
    (keys: SrtpSessionKeys) => new PortableGcmCipher(keys),
    portableMemory,
    kernel.run,
  ],
  [
    'portable AES-CM',
    SRTP_PROFILE.aesCmSha1,
    (keys: SrtpSessionKeys) => new PortableCmCipher(kernel, keys),
    portableMemory,
    kernel.run,
  ],
])('%s', (_name, profile, createCipher, memory, run) => {
  let cipher: SrtpCipher;
  afterEach(() => cipher.close());

  it('protects a run of packets, across a wrap of the sequence number', () => {
    const keys = keysFor(profile);
    cipher = createCipher(keys);
    const payloads = memory(8192);
    payloads.bytes.set(randomBytes(8192));
    run.begin(payloads, HEADER_BYTES, cipher.tagBytes, SSRC);
    const lengths = [1172, 1172, 1172, 33];
    lengths.forEach((length, index) => {
      const sequence = (65_534 + index) & 0xffff;
      expect(run.accepts(length)).toBe(true);
      const at = run.add(index * 2000, length, sequence, index < 2 ? 7 : 8);
      run.block.bytes.set(randomBytes(HEADER_BYTES), at);
    });
    expect(run.accepts(33)).toBe(false);
    cipher.protect(run);
    lengths.forEach((length, index) => {
      const at = run.packetAt[index] as number;
      const packet = run.block.bytes.slice(at, at + run.packetBytesAt(index));
      expect(packet).toHaveLength(HEADER_BYTES + length + cipher.tagBytes);
      const clear = unprotect(keys, packet, index < 2 ? 7 : 8, (65_534 + index) & 0xffff);
      expect(clear).toEqual(payloads.bytes.slice(index * 2000, index * 2000 + length));
    });
  });
});

describe('the packet that libsrtp proves itself with', () => {
  const keys = deriveSessionKeys({
    profile: SRTP_PROFILE.aesCmSha1,
    key: hex('e1f97a0d3e018be0d64fa32c06de4139'),
    salt: hex('0ec675ad498afeebb6960b3aabe6'),
  });
  const header = hex('800f1234decafbadcafebabe');

  it.each([
    ['native', new NativeCmCipher(library, keys), nativeRun],
    ['portable', new PortableCmCipher(kernel, keys), kernel.run],
  ])('comes out of the %s AES-CM', (_name, cipher, run) => {
    const payload = native(16);
    payload.bytes.fill(0xab);
    run.begin(payload, header.length, cipher.tagBytes, 0xcafebabe);
    run.block.bytes.set(header, run.add(0, 16, 0x1234, 0));
    cipher.protect(run);
    cipher.close();
    const sent = Buffer.from(run.block.bytes.subarray(header.length, run.bytes)).toString('hex');
    expect(sent).toBe('4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb');
  });
});

describe('a closed native cipher', () => {
  it('throws instead of passing a freed context to OpenSSL, and may be closed again', () => {
    const cipher = new NativeGcmCipher(library, keysFor(SRTP_PROFILE.aesGcm));
    const run = new PacketRun(nativeMemory(library)(4096), 0);
    run.begin(run.block, HEADER_BYTES, 16, SSRC);
    run.add(2000, 10, 1, 0);
    cipher.close();
    cipher.close();
    expect(() => cipher.protect(run)).toThrow('closed cipher');
  });
});

describe('loadNativeLibrary', () => {
  it('says in one sentence why there is none', () => {
    const missing = () => {
      throw new Error("Cannot find module 'koffi'\nRequire stack: …");
    };
    expect(loadNativeLibrary(missing)).toBe("Cannot find module 'koffi'");
  });
});
