import { swappedBytes, transposed, VECTOR_BYTES } from './vector-words.ts';
import { type Code, i32, i32x4, type Variable, v128, WasmFunction, whileLoop } from './wasm-assembler.ts';

export const LANES = 4;
export const SHA1_BLOCK_BYTES = 64;
export const STATE_WORDS = 5;
const BLOCK_WORDS = 16;
const ROUNDS = 80;
/** RFC 3174 clause 5. */
const CONSTANTS = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

/**
 * absorb(a, b, c, d, end): SHA-1 (RFC 3174) of four messages at once, which lie at these addresses in whole blocks, until the
 * first of them reaches `end`. The state stands in memory: vectors of one word of each message.
 */
export function absorb(stateAt: number): WasmFunction {
  const code = new WasmFunction('absorb');
  const messages = Array.from({ length: LANES }, () => code.parameter());
  const end = code.parameter();
  const words = Array.from({ length: BLOCK_WORDS }, () => code.vector());
  const sums = Array.from({ length: STATE_WORDS }, () => code.vector());
  const spare = Array.from({ length: LANES }, () => code.vector());
  const constant = code.vector();
  const stateWord = (index: number) => v128.load(i32.const(stateAt), index * VECTOR_BYTES);
  const [first] = messages as [Variable];
  code.add(
    whileLoop(
      i32.lessThan(first.get, end.get),
      ...loadedWords(messages, words, spare),
      ...sums.map((sum, index) => sum.set(stateWord(index))),
      ...rounds(sums as Sums, words, constant),
      ...sums.map((sum, index) => {
        const total = i32x4.add(sum.get, stateWord(index));
        return v128.store(i32.const(stateAt), total, index * VECTOR_BYTES);
      }),
      ...messages.map((message) => message.set(i32.add(message.get, i32.const(SHA1_BLOCK_BYTES)))),
    ),
  );
  return code;
}

/** Loads the next block of each message: first as four vectors per message, then as vectors of one word of all four. */
function loadedWords(messages: readonly Variable[], words: readonly Variable[], spare: readonly Variable[]): Code[] {
  return [0, 1, 2, 3].flatMap((quarter) => {
    const rows = words.slice(quarter * LANES, (quarter + 1) * LANES);
    const loads = rows.flatMap((row, lane) => [
      row.set(v128.load((messages[lane] as Variable).get, quarter * VECTOR_BYTES)),
      row.set(swappedBytes(row)),
    ]);
    return [...loads, ...transposed(rows, spare)];
  });
}

type Sums = [Variable, Variable, Variable, Variable, Variable];

function rounds([a, b, c, d, e]: Sums, words: readonly Variable[], constant: Variable): Code[] {
  const word = (round: number) => words[round % BLOCK_WORDS] as Variable;
  const code: Code[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 20 === 0) code.push(constant.set(i32x4.splat(i32.const(CONSTANTS[round / 20] as number))));
    if (round >= BLOCK_WORDS) {
      const earlier = [3, 8, 14, 16].map((back) => word(round - back).get) as [Code];
      code.push(word(round).set(rotated(v128.xor(...earlier), 1)));
    }
    const mixed = mixture(round, b.get, c.get, d.get);
    code.push(e.set(i32x4.add(e.get, constant.get, word(round).get, mixed, rotated(a.get, 5))));
    code.push(b.set(rotated(b.get, 30)));
    // The values stay in their variables; only the names rotate.
    [a, b, c, d, e] = [e, a, b, c, d];
  }
  return code;
}

/** Choice, parity, majority, parity. */
function mixture(round: number, b: Code, c: Code, d: Code): Code {
  if (round < 20) return v128.select(c, d, b);
  if (round >= 40 && round < 60) return v128.select(d, b, v128.xor(b, c));
  return v128.xor(b, c, d);
}

function rotated(value: Code, bits: number): Code {
  return v128.or(i32x4.shiftLeft(value, bits), i32x4.shiftRight(value, 32 - bits));
}
