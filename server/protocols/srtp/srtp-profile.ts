/** The protection profiles we speak, by their numbers in DTLS (RFC 5764 clause 4.1.2, RFC 7714 clause 14.2). */
export const SRTP_PROFILE = { aesCmSha1: 1, aesGcm: 7 } as const;
export type SrtpProfile = (typeof SRTP_PROFILE)[keyof typeof SRTP_PROFILE];

export type SrtpMasterKey = { readonly profile: SrtpProfile; readonly key: Uint8Array; readonly salt: Uint8Array };

export const MASTER_KEY_BYTES = 16;
export const SHA1_TAG_BYTES = 10;
export const GCM_TAG_BYTES = 16;

export function masterSaltBytes(profile: SrtpProfile): number {
  return profile === SRTP_PROFILE.aesGcm ? 12 : 14;
}
