/** RFC 7845 clause 4: everything about Opus in containers counts at 48 kHz. */
export const OPUS_RATE_HZ = 48_000;
const MAX_PACKET_SAMPLES = 5760;

/** Samples of 48 kHz in a packet, from its first bytes (RFC 6716 clause 3.1). */
export function opusPacketSamples(packet: Uint8Array): number {
  const toc = packet[0] ?? 0;
  return Math.min(frameSamples(toc >> 3) * frameCount(toc & 3, packet[1] ?? 0), MAX_PACKET_SAMPLES);
}

function frameSamples(configuration: number): number {
  if (configuration < 12) return [480, 960, 1920, 2880][configuration & 3] as number;
  if (configuration < 16) return configuration & 1 ? 960 : 480;
  return 120 << (configuration & 3);
}

function frameCount(code: number, secondByte: number): number {
  if (code === 0) return 1;
  return code === 3 ? Math.max(secondByte & 63, 1) : 2;
}
