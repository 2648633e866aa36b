import type { QrVersion } from './qr-version.ts';

/** The eight masks (table 10): where each inverts the data. */
const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

const LEVEL_M = 0b00;
const FORMAT_GENERATOR = 0x537;
const FORMAT_MASK = 0x5412;
const VERSION_GENERATOR = 0x1f25;

/** The field of modules while it is drawn. */
export class QrMatrix {
  readonly #size: number;
  readonly #dark: boolean[][];
  /** Part of a fixed pattern: neither data nor mask touch it. */
  readonly #fixed: boolean[][];

  private constructor(version: QrVersion) {
    this.#size = version.size;
    this.#dark = square(version.size);
    this.#fixed = square(version.size);
    this.#drawPatterns(version);
  }

  /** Drawn with the mask that scanners read best. */
  static best(version: QrVersion, codewords: readonly number[]): boolean[][] {
    let best: { readonly rows: boolean[][]; readonly penalty: number } | undefined;
    for (const mask of MASKS.keys()) {
      const matrix = new QrMatrix(version);
      matrix.#drawFormat(mask);
      matrix.#drawData(codewords, mask);
      const penalty = penaltyOf(matrix.#dark);
      if (!best || penalty < best.penalty) best = { rows: matrix.#dark, penalty };
    }
    return best?.rows ?? [];
  }

  #set(x: number, y: number, dark: boolean): void {
    const [row, fixed] = [this.#dark[y], this.#fixed[y]];
    if (!row || !fixed || x < 0 || x >= this.#size) return;
    row[x] = dark;
    fixed[x] = true;
  }

  #drawPatterns({ version, size, alignment }: QrVersion): void {
    for (let at = 0; at < size; at++) {
      this.#set(6, at, at % 2 === 0);
      this.#set(at, 6, at % 2 === 0);
    }
    for (const [x, y] of [
      [3, 3],
      [size - 4, 3],
      [3, size - 4],
    ] as const) {
      this.#drawRings(x, y, 4);
    }
    const last = alignment.length - 1;
    for (const [i, x] of alignment.entries()) {
      for (const [j, y] of alignment.entries()) {
        const isFinder = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
        if (!isFinder) this.#drawRings(x, y, 2);
      }
    }
    if (version >= 7) this.#drawVersion(version);
  }

  /** Finder (with its light border) and alignment patterns are rings around a centre. */
  #drawRings(centreX: number, centreY: number, reach: number): void {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        this.#set(centreX + dx, centreY + dy, reach === 4 ? ring !== 2 && ring !== 4 : ring !== 1);
      }
    }
  }

  /** Level and mask, twice (section 7.9). */
  #drawFormat(mask: number): void {
    const data = (LEVEL_M << 3) | mask;
    const bits = ((data << 10) | remainder(data, 10, FORMAT_GENERATOR)) ^ FORMAT_MASK;
    const bit = (at: number) => ((bits >>> at) & 1) === 1;
    for (let at = 0; at < 15; at++) {
      const beside = at < 6 ? at : at < 8 ? at + 1 : this.#size - 15 + at;
      this.#set(8, beside, bit(at));
      const below = at < 8 ? this.#size - 1 - at : at === 8 ? 7 : 14 - at;
      this.#set(below, 8, bit(at));
    }
    this.#set(8, this.#size - 8, true);
  }

  /** From version 7 on, twice (section 7.10). */
  #drawVersion(version: number): void {
    const bits = (version << 12) | remainder(version, 12, VERSION_GENERATOR);
    for (let at = 0; at < 18; at++) {
      const dark = ((bits >>> at) & 1) === 1;
      const far = this.#size - 11 + (at % 3);
      const near = Math.floor(at / 3);
      this.#set(far, near, dark);
      this.#set(near, far, dark);
    }
  }

  /** Columns in pairs from the right, up and down in turn, leaving out the vertical timing pattern (section 7.7.3). */
  #drawData(codewords: readonly number[], mask: number): void {
    const inverts = MASKS[mask];
    let next = 0;
    for (let right = this.#size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < this.#size; step++) {
        const upwards = ((right + 1) & 2) === 0;
        const y = upwards ? this.#size - 1 - step : step;
        for (const x of [right, right - 1]) {
          const row = this.#dark[y];
          if (!row || this.#fixed[y]?.[x]) continue;
          const dark = (((codewords[next >> 3] ?? 0) >>> (7 - (next & 7))) & 1) === 1;
          row[x] = dark !== (inverts?.(x, y) ?? false);
          next++;
        }
      }
    }
  }
}

function square(size: number): boolean[][] {
  return Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
}

/** Of the BCH codes that protect format and version. */
function remainder(value: number, bits: number, generator: number): number {
  let rest = value;
  for (let i = 0; i < bits; i++) rest = (rest << 1) ^ ((rest >>> (bits - 1)) * generator);
  return rest;
}

/** How hard a pattern is to read (section 7.8.3): long runs, blocks, false finders, uneven darkness. */
function penaltyOf(rows: readonly (readonly boolean[])[]): number {
  const size = rows.length;
  const columns = rows.map((_, x) => rows.map((row) => row[x] ?? false));
  let penalty = 0;
  for (const line of [...rows, ...columns]) penalty += runPenalty(line) + falseFinders(line) * 40;
  for (let y = 1; y < size; y++) {
    for (let x = 1; x < size; x++) {
      const here = rows[y]?.[x];
      if (here === rows[y]?.[x - 1] && here === rows[y - 1]?.[x] && here === rows[y - 1]?.[x - 1]) penalty += 3;
    }
  }
  const darkShare = rows.flat().filter(Boolean).length / (size * size);
  return penalty + Math.floor(Math.abs(darkShare - 0.5) * 20) * 10;
}

function runPenalty(line: readonly boolean[]): number {
  let penalty = 0;
  let length = 0;
  for (const [at, dark] of line.entries()) {
    length = dark === line[at - 1] ? length + 1 : 1;
    if (length === 5) penalty += 3;
    else if (length > 5) penalty++;
  }
  return penalty;
}

function falseFinders(line: readonly boolean[]): number {
  const text = line.map((dark) => (dark ? '1' : '0')).join('');
  return [...text.matchAll(/(?=10111010000|00001011101)/g)].length;
}
