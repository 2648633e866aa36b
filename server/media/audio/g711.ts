/** ITU-T G.711: expands eight-bit logarithmic samples to sixteen-bit linear samples with a table. */
const MU_LAW = Int16Array.from({ length: 256 }, (_, code) => expandMuLaw(code));
const A_LAW = Int16Array.from({ length: 256 }, (_, code) => expandALaw(code));

export function decodeG711(codec: 'pcmu' | 'pcma', coded: Uint8Array): Int16Array {
  const table = codec === 'pcmu' ? MU_LAW : A_LAW;
  const samples = new Int16Array(coded.length);
  for (let index = 0; index < coded.length; index++) samples[index] = table[coded[index] as number] as number;
  return samples;
}

function expandMuLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

function expandALaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}
