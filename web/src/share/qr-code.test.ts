import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeQr } from './qr-code.ts';
import { QR_VERSIONS } from './qr-version.ts';
import { errorCorrection, multiply } from './reed-solomon.ts';

test('error correction of the example that every tutorial has: HELLO WORLD at 1-M', () => {
  const data = Uint8Array.of(32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17);
  expect([...errorCorrection(data, 10)]).toEqual([196, 35, 39, 119, 235, 215, 231, 226, 93, 23]);
});

test('the sizes of the standard', () => {
  expect(QR_VERSIONS.map(({ dataBytes }) => dataBytes)).toEqual([
    16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415,
  ]);
  expect(QR_VERSIONS.map(({ alignment }) => alignment.join())).toEqual([
    '',
    '6,18',
    '6,22',
    '6,26',
    '6,30',
    '6,34',
    '6,22,38',
    '6,24,42',
    '6,26,46',
    '6,28,50',
    '6,30,54',
    '6,32,58',
    '6,34,62',
    '6,26,46,66',
    '6,26,48,70',
  ]);
});

describe('a code', () => {
  test('has its three corners', () => {
    const rows = encodeQr('https://example.com/s/x');
    const end = rows.length - 7;
    const corner = (x: number, y: number) => rows.slice(y, y + 7).map((row) => row.slice(x, x + 7));
    const finder = ['1111111', '1000001', '1011101', '1011101', '1011101', '1000001', '1111111'];
    for (const [x, y] of [
      [0, 0],
      [end, 0],
      [0, end],
    ] as const) {
      expect(corner(x, y).map((row) => row.map(Number).join(''))).toEqual(finder);
    }
  });

  test('reads as what was written, with no error to correct', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 130 }), (text) => {
        expect(readQr(encodeQr(text))).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  test('refuses what is too long', () => {
    expect(() => encodeQr('x'.repeat(413))).toThrow(RangeError);
    expect(encodeQr('x'.repeat(412))).toHaveLength(77);
  });
});

const MASKS = [
  (y: number, x: number) => (y + x) % 2,
  (y: number) => y % 2,
  (_y: number, x: number) => x % 3,
  (y: number, x: number) => (y + x) % 3,
  (y: number, x: number) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2,
  (y: number, x: number) => ((y * x) % 2) + ((y * x) % 3),
  (y: number, x: number) => (((y * x) % 2) + ((y * x) % 3)) % 2,
  (y: number, x: number) => (((y + x) % 2) + ((y * x) % 3)) % 2,
];

/** A scanner without a camera: format, mask, zigzag, blocks, syndromes, text. */
function readQr(rows: readonly (readonly boolean[])[]): string {
  const size = rows.length;
  const version = QR_VERSIONS[(size - 17) / 4 - 1];
  if (!version) throw new Error('not a size');
  const dark = (x: number, y: number) => rows[y]?.[x] === true;
  const formatBits = [0, 1, 2, 3, 4, 5, 7, 8].map((x) => Number(dark(x, 8)));
  const format = ((formatBits.slice(0, 5).reduce((sum, bit) => sum * 2 + bit, 0) ^ 0b10101) as number) & 31;
  expect(format >> 3).toBe(0);
  const mask = MASKS[format & 7];
  const bits: number[] = [];
  let up = true;
  for (let right = size - 1; right > 0; right -= 2, up = !up) {
    if (right === 6) right--;
    for (let step = 0; step < size; step++) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (!isFixed(x, y, size, version.alignment)) bits.push(Number(dark(x, y) !== (mask?.(y, x) === 0)));
      }
    }
  }
  const bytes = Array.from({ length: bits.length >> 3 }, (_, at) =>
    bits.slice(at * 8, at * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0),
  );
  return textOf(joinBlocks(bytes, version), version.version < 10 ? 1 : 2);
}

function isFixed(x: number, y: number, size: number, alignment: readonly number[]): boolean {
  const corner = (x < 9 && y < 9) || (x >= size - 8 && y < 9) || (x < 9 && y >= size - 8);
  const versionInfo = size >= 45 && ((x >= size - 11 && y < 6) || (y >= size - 11 && x < 6));
  const first = alignment[0];
  const last = alignment.at(-1);
  const aligned = alignment.some((cx) =>
    alignment.some((cy) => {
      const isCorner = (cx === first && cy === first) || (cx === first && cy === last) || (cx === last && cy === first);
      return !isCorner && Math.abs(x - cx) <= 2 && Math.abs(y - cy) <= 2;
    }),
  );
  return corner || versionInfo || aligned || x === 6 || y === 6;
}

function joinBlocks(bytes: readonly number[], version: (typeof QR_VERSIONS)[number]): number[] {
  const { blocks, dataBytes, correctionBytes } = version;
  const lengths = Array.from({ length: blocks }, (_, block) => Math.floor((dataBytes + block) / blocks));
  const parts: number[][] = lengths.map(() => []);
  let at = 0;
  for (let index = 0; index < Math.max(...lengths); index++) {
    for (const [block, part] of parts.entries()) if (index < (lengths[block] ?? 0)) part.push(bytes[at++] ?? 0);
  }
  const data = parts.flat();
  for (let index = 0; index < correctionBytes; index++) for (const part of parts) part.push(bytes[at++] ?? 0);
  for (const part of parts) {
    for (let power = 0, root = 1; power < correctionBytes; power++, root = multiply(root, 2)) {
      expect(part.reduce((sum, byte) => multiply(sum, root) ^ byte, 0)).toBe(0);
    }
  }
  return data;
}

function textOf(data: readonly number[], countBytes: 1 | 2): string {
  const bits = data.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  expect(bits.slice(0, 4)).toBe('0100');
  const length = Number.parseInt(bits.slice(4, 4 + countBytes * 8), 2);
  const start = 4 + countBytes * 8;
  const bytes = Array.from({ length }, (_, at) => Number.parseInt(bits.slice(start + at * 8, start + at * 8 + 8), 2));
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
