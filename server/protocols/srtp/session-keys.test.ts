import { describe, expect, it } from 'vitest';
import { deriveSessionKeys } from './session-keys.ts';
import { SRTP_PROFILE } from './srtp-profile.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('deriveSessionKeys', () => {
  it('gives the keys of RFC 3711 appendix B.3', () => {
    const keys = deriveSessionKeys({
      profile: SRTP_PROFILE.aesCmSha1,
      key: hex('E1F97A0D3E018BE0D64FA32C06DE4139'),
      salt: hex('0EC675AD498AFEEBB6960B3AABE6'),
    });
    expect(keys.cipherKey).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(keys.salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
    expect(keys.authKey).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
  });

  it('derives a salt of twelve bytes and no authentication key for AES-GCM', () => {
    const keys = deriveSessionKeys({ profile: SRTP_PROFILE.aesGcm, key: new Uint8Array(16), salt: new Uint8Array(12) });
    expect(keys.salt).toHaveLength(12);
    expect(keys.authKey).toHaveLength(0);
  });
});
