/** As people know it: `avc1.64001f` of a file and `H264` of WebRTC are one codec. */
export function codecName(codec: string): string {
  if (/^(?:avc[13]|H264)/i.test(codec)) return 'H.264';
  if (/^(?:hvc1|hev1|H265)/i.test(codec)) return 'H.265';
  return codec;
}
