/** How far behind a packet may be and still count as a repetition. A packet further away is a new beginning. */
const REPEATED_WITHIN = 64;

/** Signed distance between two 16-bit sequence numbers. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

export function sequenceGap(sequence: number, expected: number | undefined): 'none' | 'missing' | 'repeated' {
  if (expected === undefined || sequence === expected) return 'none';
  const distance = sequenceDistance(expected, sequence);
  return distance < 0 && distance >= -REPEATED_WITHIN ? 'repeated' : 'missing';
}
