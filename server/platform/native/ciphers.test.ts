import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { PacketRun } from '../../protocols/srtp/packet-run.ts';
import { PortableCmCipher } from '../../protocols/srtp/portable-cm-cipher.ts';
import { PortableGcmCipher } from '../../protocols/srtp/portable-gcm-cipher.ts';
import { deriveSessionKeys, type SrtpSessionKeys } from '../../protocols/srtp/session-keys.ts';
import type { SrtpCipher } from '../../protocols/srtp/srtp-cipher.ts';
import { SRTP_PROFILE, type SrtpProfile } from '../../protocols/srtp/srtp-profile.ts';
import { loadNativeLibrary, type NativeLibrary } from './library.ts';
import { NativeCmCipher } from './native-cm-cipher.ts';
import { NativeGcmCipher } from './native-gcm-cipher.ts';
import { nativeMemory, portableMemory } from './packet-memory.ts';

const library = loadNativeLibrary() as NativeLibrary;
const SSRC = 0xdeadbeef;
const HEADER_BYTES = 20;

function keysFor(profile: SrtpProfile): SrtpSessionKeys {
  const salt = randomBytes(profile === SRTP_PROFILE.aesGcm ? 12 : 14);
  return deriveSessionKeys({ profile, key: randomBytes(16), salt });
}

/** The receiving side, straight from RFC 3711 and RFC 7714, sharing nothing with the code under test. */
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

describe.each([
  [
    'native AES-GCM',
    SRTP_PROFILE.aesGcm,
    (keys: SrtpSessionKeys) => new NativeGcmCipher(library, keys),
    nativeMemory(library),
  ],
  [
    'native AES-CM',
    SRTP_PROFILE.aesCmSha1,
    (keys: SrtpSessionKeys) => new NativeCmCipher(library, keys),
    nativeMemory(library),
  ],
  ['portable AES-GCM', SRTP_PROFILE.aesGcm, (keys: SrtpSessionKeys) => new PortableGcmCipher(keys), portableMemory],
  ['portable AES-CM', SRTP_PROFILE.aesCmSha1, (keys: SrtpSessionKeys) => new PortableCmCipher(keys), portableMemory],
])('%s', (_name, profile, createCipher, memory) => {
  let cipher: SrtpCipher;
  afterEach(() => cipher.close());

  it.each([1, 4] as const)(
    'protects a run of packets at multiples of %i, across a wrap of the sequence number',
    (alignment) => {
      const keys = keysFor(profile);
      cipher = createCipher(keys);
      const run = new PacketRun(memory(70_000), alignment);
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
    },
  );
});

describe('a closed native cipher', () => {
  it('throws instead of handing OpenSSL a freed context, and may be closed again', () => {
    const cipher = new NativeGcmCipher(library, keysFor(SRTP_PROFILE.aesGcm));
    const run = new PacketRun(nativeMemory(library)(4096), 1);
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
