import { type Code, type Variable, v128 } from './wasm-assembler.ts';

export const VECTOR_BYTES = 16;
const WORD_BYTES = 4;

/** Converts four numbers between big-endian and the machine's byte order. */
export function swappedBytes(vector: Variable): Code {
  return v128.shuffle(vector.get, vector.get, [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]);
}

/** Transposes four rows of four words in place. It needs four more variables. */
export function transposed(rows: readonly Variable[], spare: readonly Variable[]): Code[] {
  const [a, b, c, d] = rows as [Variable, Variable, Variable, Variable];
  const [lowAB, highAB, lowCD, highCD] = spare as [Variable, Variable, Variable, Variable];
  return [
    lowAB.set(picked(a, b, [0, 4, 1, 5])),
    highAB.set(picked(a, b, [2, 6, 3, 7])),
    lowCD.set(picked(c, d, [0, 4, 1, 5])),
    highCD.set(picked(c, d, [2, 6, 3, 7])),
    a.set(picked(lowAB, lowCD, [0, 1, 4, 5])),
    b.set(picked(lowAB, lowCD, [2, 3, 6, 7])),
    c.set(picked(highAB, highCD, [0, 1, 4, 5])),
    d.set(picked(highAB, highCD, [2, 3, 6, 7])),
  ];
}

/** Words 0 to 3 are the first one's, 4 to 7 the second one's. */
function picked(first: Variable, second: Variable, words: readonly number[]): Code {
  const bytes = words.flatMap((word) => [0, 1, 2, 3].map((byte) => word * WORD_BYTES + byte));
  return v128.shuffle(first.get, second.get, bytes);
}
