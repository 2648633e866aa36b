/** What ISO/IEC 18004 fixes for one size of code, at error correction level M (15 % of the code may be unreadable). */
export type QrVersion = {
  readonly version: number;
  /** Modules on a side. */
  readonly size: number;
  readonly dataBytes: number;
  readonly blocks: number;
  /** Error correction codewords in each block. */
  readonly correctionBytes: number;
  /** Rows and columns that alignment patterns are centred on. */
  readonly alignment: readonly number[];
};

/** Table 9, level M, versions 1 to 15: enough for an address of 400 characters. */
const CORRECTION_BYTES = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10];

function qrVersion(version: number): QrVersion {
  const correctionBytes = CORRECTION_BYTES[version - 1] ?? 0;
  const blocks = BLOCKS[version - 1] ?? 0;
  const allBytes = Math.floor(dataModules(version) / 8);
  return {
    version,
    size: version * 4 + 17,
    dataBytes: allBytes - correctionBytes * blocks,
    blocks,
    correctionBytes,
    alignment: alignmentCentres(version),
  };
}

/** Modules that are left for codewords when all fixed patterns are drawn. */
function dataModules(version: number): number {
  const modules = (16 * version + 128) * version + 64;
  if (version === 1) return modules;
  const across = Math.floor(version / 7) + 2;
  return modules - ((25 * across - 10) * across - 55) - (version >= 7 ? 36 : 0);
}

function alignmentCentres(version: number): number[] {
  if (version === 1) return [];
  const across = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + across * 3 + 5) / (across * 4 - 4)) * 2;
  const last = version * 4 + 10;
  return [6, ...Array.from({ length: across - 1 }, (_, at) => last - (across - 2 - at) * step)];
}

export const QR_VERSIONS: readonly QrVersion[] = CORRECTION_BYTES.map((_, at) => qrVersion(at + 1));

/** Bits that say how many bytes follow. */
export function countBits(version: number): number {
  return version < 10 ? 8 : 16;
}
