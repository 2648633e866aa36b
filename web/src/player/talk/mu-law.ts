const BIAS = 0x84;
const CLIP = 32_635;

/** ITU-T G.711 mu-law of one sample between -1 and 1. */
export function muLaw(sample: number): number {
  const pcm = Math.round(Math.min(Math.max(sample, -1), 1) * 32_767);
  const magnitude = Math.min(Math.abs(pcm), CLIP) + BIAS;
  const exponent = 31 - Math.clz32(magnitude >> 7);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~((pcm < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}
