import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleModule, type Code, i32, i32x4, v128, WasmFunction, whileLoop } from './wasm-assembler.ts';

type Exports = Record<string, (...parameters: number[]) => void>;

declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Instance: new (module: object, imports: object) => { readonly exports: Exports };
};

function instantiate(...functions: WasmFunction[]): { exports: Exports; words: Int32Array } {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const module = new WebAssembly.Module(assembleModule(1, functions));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { exports, words: new Int32Array(memory.buffer) };
}

/** Runs a function without parameters and returns what it writes to the beginning of the memory. */
function written(value: Code): number[] {
  const code = new WasmFunction('write');
  code.add(v128.store(i32.const(0), value));
  const { exports, words } = instantiate(code);
  exports.write?.();
  return [...words.subarray(0, 4)];
}

describe('assembleModule', () => {
  it('writes every constant as it is, whatever its length in LEB128', () => {
    const constant = fc.oneof(fc.integer(), fc.constantFrom(0, 63, 64, -64, -65, 8191, 8192, -(2 ** 31), 2 ** 31 - 1));
    fc.assert(
      fc.property(constant, (value) => {
        expect(written(i32x4.splat(i32.const(value)))).toEqual([value, value, value, value]);
      }),
    );
  });

  it('takes constants as people write them, with the highest bit set', () => {
    expect(written(i32x4.splat(i32.const(0xca62c1d6)))[0]).toBe(0xca62c1d6 | 0);
  });

  it('keeps parameters and variables apart, and repeats as often as the condition holds', () => {
    const code = new WasmFunction('count');
    const [at, to] = [code.parameter(), code.parameter()];
    const [unused, sum] = [code.vector(), code.vector()];
    code.add(
      unused.set(i32x4.splat(to.get)),
      whileLoop(
        i32.lessThan(at.get, to.get),
        sum.set(i32x4.add(sum.get, i32x4.splat(at.get))),
        at.set(i32.add(at.get, i32.const(1))),
      ),
      v128.store(i32.const(0), i32x4.replaceLane(sum.get, 1, to.get), 16),
    );
    const { exports, words } = instantiate(code);
    exports.count?.(3, 7);
    expect([...words.subarray(4, 8)]).toEqual([18, 7, 18, 18]);
    exports.count?.(7, 3);
    expect([...words.subarray(4, 8)]).toEqual([0, 3, 0, 0]);
  });
});
