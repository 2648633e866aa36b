import { swappedBytes, VECTOR_BYTES } from './vector-words.ts';
import { type Code, i32, i32x4, type Variable, v128, WasmFunction, whileLoop } from './wasm-assembler.ts';

/**
 * countBlocks(at, end, w0, w1, w2, w3) writes the counter blocks of one packet (RFC 3711 clause 4.1.1). The first block has
 * these four words, and its lowest sixteen bits are the counter.
 */
export function countBlocks(): WasmFunction {
  const code = new WasmFunction('countBlocks');
  const [at, end] = [code.parameter(), code.parameter()];
  const [w0, w1, w2, counter] = [code.parameter(), code.parameter(), code.parameter(), code.parameter()];
  const [words, block] = [code.vector(), code.vector()];
  code.add(
    ...[w0, w1, w2].map((word, lane) => words.set(i32x4.replaceLane(words.get, lane, word.get))),
    whileLoop(
      i32.lessThan(at.get, end.get),
      block.set(i32x4.replaceLane(words.get, 3, counter.get)),
      v128.store(at.get, swappedBytes(block)),
      advanced(counter, 1),
      advanced(at, VECTOR_BYTES),
    ),
  );
  return code;
}

/** mask(at, end, keyAt) XORs a payload with its key stream, and up to fifteen bytes after it, where the tag will be. */
export function mask(): WasmFunction {
  const code = new WasmFunction('mask');
  const [at, end, keyAt] = [code.parameter(), code.parameter(), code.parameter()];
  code.add(
    whileLoop(
      i32.lessThan(at.get, end.get),
      v128.store(at.get, v128.xor(v128.load(at.get), v128.load(keyAt.get))),
      advanced(at, VECTOR_BYTES),
      advanced(keyAt, VECTOR_BYTES),
    ),
  );
  return code;
}

function advanced(variable: Variable, by: number): Code {
  return variable.set(i32.add(variable.get, i32.const(by)));
}
