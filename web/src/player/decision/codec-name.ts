/** The name that people know a codec by: `avc1.64001f` in a file and `H264` in WebRTC are both H.264. */
export function codecName(codec: string): string {
  if (/^(?:avc[13]|H264)/i.test(codec)) return 'H.264';
  if (/^(?:hvc1|hev1|H265)/i.test(codec)) return 'H.265';
  return codec;
}
