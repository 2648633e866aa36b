import { QrMatrix } from './qr-matrix.ts';
import { countBits, QR_VERSIONS, type QrVersion } from './qr-version.ts';
import { errorCorrection } from './reed-solomon.ts';

const BYTE_MODE = 0b0100;
const PADDING = [0xec, 0x11];

/** A text as rows of dark (true) and light modules, without the quiet zone. Throws RangeError above 400 bytes or so. */
export function encodeQr(text: string): readonly (readonly boolean[])[] {
  const bytes = new TextEncoder().encode(text);
  const version = QR_VERSIONS.find((candidate) => bytes.length <= capacity(candidate));
  if (!version) throw new RangeError(`A text of ${bytes.length} bytes is too long for a QR code.`);
  const codewords = interleave(dataCodewords(bytes, version), version);
  return QrMatrix.best(version, codewords);
}

function capacity({ version, dataBytes }: QrVersion): number {
  return dataBytes - Math.ceil((4 + countBits(version)) / 8);
}

/** Mode, length, bytes, terminator and padding (section 7.4). */
function dataCodewords(bytes: Uint8Array, { version, dataBytes }: QrVersion): Uint8Array {
  const bits: number[] = [];
  const push = (value: number, length: number) => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >>> bit) & 1);
  };
  push(BYTE_MODE, 4);
  push(bytes.length, countBits(version));
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, dataBytes * 8 - bits.length));
  while (bits.length % 8 !== 0) bits.push(0);
  const data = new Uint8Array(dataBytes);
  for (const [at, bit] of bits.entries()) data[at >> 3] = (data[at >> 3] ?? 0) | (bit << (7 - (at & 7)));
  for (let at = bits.length / 8, turn = 0; at < dataBytes; at++, turn++) data[at] = PADDING[turn % 2] ?? 0;
  return data;
}

/** Splits into blocks, adds each block's error correction, and takes from all blocks in turn (section 7.6). */
function interleave(data: Uint8Array, { blocks, correctionBytes, dataBytes }: QrVersion): number[] {
  const shortLength = Math.floor(dataBytes / blocks);
  const shortBlocks = blocks - (dataBytes % blocks);
  const parts: Uint8Array[] = [];
  for (let block = 0, at = 0; block < blocks; block++) {
    const length = shortLength + (block < shortBlocks ? 0 : 1);
    parts.push(data.subarray(at, at + length));
    at += length;
  }
  const corrections = parts.map((part) => errorCorrection(part, correctionBytes));
  return [...inTurn(parts, shortLength + 1), ...inTurn(corrections, correctionBytes)];
}

function inTurn(parts: readonly Uint8Array[], length: number): number[] {
  const all: number[] = [];
  for (let at = 0; at < length; at++) {
    for (const part of parts) {
      const byte = part[at];
      if (byte !== undefined) all.push(byte);
    }
  }
  return all;
}
