import { createCipheriv } from 'node:crypto';
import { masterSaltBytes, SRTP_PROFILE, type SrtpMasterKey } from './srtp-profile.ts';

/** The keys that packets of one direction are protected with. */
export type SrtpSessionKeys = {
  readonly profile: SrtpMasterKey['profile'];
  readonly cipherKey: Uint8Array;
  readonly salt: Uint8Array;
  /** HMAC-SHA1; empty with AES-GCM, which needs none. */
  readonly authKey: Uint8Array;
};

const LABEL = { encryption: 0, authentication: 1, salt: 2 } as const;
const AUTH_KEY_BYTES = 20;

/** RFC 3711 clause 4.3.1 with a key derivation rate of zero, as DTLS-SRTP uses it. */
export function deriveSessionKeys(master: SrtpMasterKey): SrtpSessionKeys {
  const { profile } = master;
  return {
    profile,
    cipherKey: derive(master, LABEL.encryption, master.key.length),
    salt: derive(master, LABEL.salt, masterSaltBytes(profile)),
    authKey: profile === SRTP_PROFILE.aesGcm ? new Uint8Array(0) : derive(master, LABEL.authentication, AUTH_KEY_BYTES),
  };
}

/** AES in counter mode over zeros; the counter starts at the master salt with the label in its byte 7, times 2^16. */
function derive(master: SrtpMasterKey, label: number, length: number): Uint8Array {
  const counter = new Uint8Array(16);
  counter.set(master.salt);
  counter[7] = (counter[7] as number) ^ label;
  const cipher = createCipheriv('aes-128-ctr', master.key, counter);
  return Uint8Array.from(cipher.update(new Uint8Array(length)));
}
