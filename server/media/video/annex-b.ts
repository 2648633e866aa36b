const START_CODE = Uint8Array.of(0, 0, 1);

/** Offset of the next 00 00 01, or -1. It cannot occur inside a valid NAL unit (H.264 clause 7.4.1). */
export function indexOfStartCode(bytes: Uint8Array, from = 0): number {
  return view(bytes).indexOf(START_CODE, from);
}

/**
 * The NAL units of a byte stream, as views. Bytes in front of the first start code count as a NAL unit of their own,
 * so a bare NAL unit comes back whole. Zeros between units (trailing_zero_8bits, clause B.1) are dropped.
 */
export function splitAnnexB(bytes: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length) {
    const code = indexOfStartCode(bytes, start);
    const end = code === -1 ? bytes.length : code;
    const unit = withoutTrailingZeros(bytes.subarray(start, end));
    if (unit.length > 0) units.push(unit);
    start = code === -1 ? bytes.length : code + START_CODE.length;
  }
  return units;
}

/** A NAL unit ends in its stop bit, so zeros behind it are padding. */
export function withoutTrailingZeros(nal: Uint8Array): Uint8Array {
  let end = nal.length;
  while (end > 0 && nal[end - 1] === 0) end--;
  return end === nal.length ? nal : nal.subarray(0, end);
}

/** The inverse of `splitAnnexB`: puts a four-byte start code in front of every NAL unit. */
export function joinAnnexB(units: readonly Uint8Array[]): Uint8Array {
  const total = units.reduce((sum, unit) => sum + unit.length + 4, 0);
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const unit of units) {
    bytes.set([0, 0, 0, 1], at);
    bytes.set(unit, at + 4);
    at += unit.length + 4;
  }
  return bytes;
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
