/** NAL unit types of H.265 (table 7-1) that anybody here treats specially. */
export const H265_NAL = {
  lastSlice: 9,
  firstRandomAccess: 16,
  lastRandomAccess: 21,
  vps: 32,
  sps: 33,
  pps: 34,
  accessUnitDelimiter: 35,
  prefixSei: 39,
  suffixSei: 40,
} as const;

export function h265NalType(nal: Uint8Array): number {
  return ((nal[0] ?? 0) >> 1) & 63;
}

/** Types in between are reserved. */
export function isH265Slice(type: number): boolean {
  return type <= H265_NAL.lastSlice || isH265RandomAccess(type);
}

/** IDR, BLA and CRA pictures: decoding can start there. */
export function isH265RandomAccess(type: number): boolean {
  return type >= H265_NAL.firstRandomAccess && type <= H265_NAL.lastRandomAccess;
}

/** first_slice_segment_in_pic_flag is the first bit behind the two header bytes. */
export function startsH265Picture(slice: Uint8Array): boolean {
  return ((slice[2] ?? 0) & 0x80) !== 0;
}
