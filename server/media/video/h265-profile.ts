import type { BitReader } from '../bit-reader.ts';

/** profile_tier_level of H.265 (clause 7.3.3), as hvcC and the codec string want it. */
export type H265Profile = {
  readonly profileSpace: number;
  readonly highTier: boolean;
  readonly profileIdc: number;
  /** 32 flags, flag 0 in the top bit. */
  readonly compatibilityFlags: number;
  /** The 48 bits between the compatibility flags and the level. */
  readonly constraintBytes: Uint8Array;
  readonly levelIdc: number;
};

export function readH265Profile(reader: BitReader, maxSubLayersMinus1: number): H265Profile {
  const profileSpace = reader.bits(2);
  const highTier = reader.flag();
  const profileIdc = reader.bits(5);
  const compatibilityFlags = reader.bits(32);
  const constraintBytes = Uint8Array.from({ length: 6 }, () => reader.bits(8));
  const levelIdc = reader.bits(8);
  skipSubLayers(reader, maxSubLayersMinus1);
  return { profileSpace, highTier, profileIdc, compatibilityFlags, constraintBytes, levelIdc };
}

/** RFC 6381 and ISO 14496-15 annex E.3, such as hvc1.1.6.L93.B0 */
export function h265CodecString(profile: H265Profile): string {
  const space = ['', 'A', 'B', 'C'][profile.profileSpace];
  const compatibility = reverseBits(profile.compatibilityFlags).toString(16).toUpperCase();
  const tier = profile.highTier ? 'H' : 'L';
  const constraints = [...profile.constraintBytes];
  while (constraints.at(-1) === 0) constraints.pop();
  const tail = constraints.map((byte) => `.${byte.toString(16).toUpperCase()}`).join('');
  return `hvc1.${space}${profile.profileIdc}.${compatibility}.${tier}${profile.levelIdc}${tail}`;
}

function skipSubLayers(reader: BitReader, maxSubLayersMinus1: number): void {
  if (maxSubLayersMinus1 === 0) return;
  const present: { profile: boolean; level: boolean }[] = [];
  for (let layer = 0; layer < maxSubLayersMinus1; layer++)
    present.push({ profile: reader.flag(), level: reader.flag() });
  reader.skip(2 * (8 - maxSubLayersMinus1)); // reserved_zero_2bits
  for (const { profile, level } of present) reader.skip((profile ? 88 : 0) + (level ? 8 : 0));
}

function reverseBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) reversed = reversed * 2 + ((value >>> bit) & 1);
  return reversed;
}
