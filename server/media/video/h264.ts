/** NAL unit types of H.264 (table 7-1) that anybody here treats specially. */
export const H264_NAL = {
  slice: 1,
  partitionA: 2,
  idr: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  accessUnitDelimiter: 9,
} as const;

export function h264NalType(nal: Uint8Array): number {
  return (nal[0] ?? 0) & 31;
}

/** Video coding layer: the slices that make a picture. */
export function isH264Slice(type: number): boolean {
  return type >= H264_NAL.slice && type <= H264_NAL.idr;
}

/** first_mb_in_slice is ue(v) and 0 is the single bit 1: the first slice of a picture. */
export function startsH264Picture(slice: Uint8Array): boolean {
  return ((slice[1] ?? 0) & 0x80) !== 0;
}
