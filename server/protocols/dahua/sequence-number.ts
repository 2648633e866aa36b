/** Stream offsets of 32 bits that wrap: compared by distance, as in RFC 1982. */
export function advance(sequence: number, bytes: number): number {
  return (sequence + bytes) >>> 0;
}

/** How far `to` lies behind `from` in the stream; negative when it lies before. */
export function distance(from: number, to: number): number {
  return (to - from) | 0;
}
