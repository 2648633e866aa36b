/** What the assembly of access units has to know about a NAL unit. */
export type NalTraits =
  | {
      readonly kind: 'slice';
      /** Whether it is the first slice of its picture. */
      readonly startsPicture: boolean;
      /** Decoding can start at its picture. */
      readonly isRandomAccess: boolean;
      readonly isBidirectional: boolean;
    }
  | { readonly kind: 'parameter-set'; readonly isSps: boolean }
  /** SEI: decoding may start at the picture that follows, and looks right some frames later. */
  | { readonly kind: 'recovery-point' }
  /** Begins an access unit but is not part of what is passed on: delimiters, other SEI. */
  | { readonly kind: 'prefix' }
  /** No part of the picture at all: end of sequence, filler, types of extensions. */
  | { readonly kind: 'ignored' };

export const IGNORED: NalTraits = { kind: 'ignored' };
export const PREFIX: NalTraits = { kind: 'prefix' };
export const RECOVERY_POINT: NalTraits = { kind: 'recovery-point' };

const RECOVERY_POINT_PAYLOAD = 6;

/**
 * Whether an SEI NAL unit, behind a header of `headerBytes`, holds a recovery point: alone, or behind other messages such as
 * the buffering period (H.264 clause 7.3.2.3.1, H.265 clause 7.3.5).
 */
export function isRecoveryPoint(sei: Uint8Array, headerBytes: number): boolean {
  for (let at = headerBytes; at + 1 < sei.length; ) {
    const type = extendedByte(sei, at);
    const size = extendedByte(sei, type.next);
    if (type.value === RECOVERY_POINT_PAYLOAD) return true;
    at = size.next + size.value;
  }
  return false;
}

/** Numbers above 254 are written as several bytes of 255 and a remainder. */
function extendedByte(bytes: Uint8Array, start: number): { value: number; next: number } {
  let at = start;
  let value = 0;
  while (bytes[at] === 0xff) {
    value += 0xff;
    at++;
  }
  return { value: value + (bytes[at] ?? 0), next: at + 1 };
}

const SLICES: readonly NalTraits[] = Array.from({ length: 8 }, (_, bits) => ({
  kind: 'slice',
  startsPicture: (bits & 1) !== 0,
  isRandomAccess: (bits & 2) !== 0,
  isBidirectional: (bits & 4) !== 0,
}));

/** One of eight shared values, so that a slice costs no allocation. */
export function sliceTraits(startsPicture: boolean, isRandomAccess: boolean, isBidirectional: boolean): NalTraits {
  return SLICES[(startsPicture ? 1 : 0) | (isRandomAccess ? 2 : 0) | (isBidirectional ? 4 : 0)] as NalTraits;
}
