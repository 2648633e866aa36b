import type { H264Sps } from '../../../media/video/h264-sps.ts';

/** H.264 profiles as WebRTC distinguishes them (RFC 6184 clause 8.1, table 5). */
export type H264Profile =
  | 'constrained-baseline'
  | 'baseline'
  | 'main'
  | 'constrained-high'
  | 'high'
  | 'high-444'
  | 'unknown';

/** constraint_set1_flag marks a Baseline stream that every Main decoder can decode too. */
const CONSTRAINT_SET1 = 0x40;
/** constraint_set4_flag and constraint_set5_flag together make High constrained. */
const CONSTRAINT_SETS_4_5 = 0x0c;

function profileOf(profileIdc: number, constraints: number): H264Profile {
  if (profileIdc === 66) return constraints & CONSTRAINT_SET1 ? 'constrained-baseline' : 'baseline';
  if (profileIdc === 77) return constraints & 0x80 ? 'constrained-baseline' : 'main';
  if (profileIdc === 88) return constraints & CONSTRAINT_SET1 ? 'constrained-baseline' : 'unknown';
  if (profileIdc === 244) return 'high-444';
  if (profileIdc !== 100) return 'unknown';
  return (constraints & CONSTRAINT_SETS_4_5) === CONSTRAINT_SETS_4_5 ? 'constrained-high' : 'high';
}

/** The profile of an fmtp's profile-level-id; absent means Baseline level 1 (clause 8.1). */
export function h264Profile(profileLevelId = '42000a'): H264Profile {
  if (!/^[0-9a-f]{6}$/i.test(profileLevelId)) return 'unknown';
  return profileOf(Number.parseInt(profileLevelId.slice(0, 2), 16), Number.parseInt(profileLevelId.slice(2, 4), 16));
}

/** From the smallest to the largest set of tools. A decoder of one also decodes the earlier ones, except for details of Baseline. */
const BY_TOOLS = ['constrained-baseline', 'baseline', 'main', 'constrained-high', 'high', 'high-444'] as const;

/**
 * The profiles to look for in an offer, best first: the camera's own, then larger ones, then smaller ones. Chromium does not
 * list High but decodes it under any name, and cameras that announce High mostly use Main's tools.
 */
export function h264ProfilesFor(sps: H264Sps | undefined): readonly H264Profile[] {
  const own = sps ? profileOf(sps.profileIdc, sps.constraintFlags) : 'constrained-baseline';
  const place = Math.max(BY_TOOLS.indexOf(own as (typeof BY_TOOLS)[number]), 0);
  const larger = BY_TOOLS.slice(place).filter((profile) => profile !== 'high-444');
  const smaller = BY_TOOLS.slice(0, place).toReversed();
  // 4:4:4 comes last, because browsers then decode any stream in software.
  return [...larger, ...smaller, 'high-444'];
}
