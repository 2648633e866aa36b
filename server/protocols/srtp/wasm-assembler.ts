/** Machine code as nested lists of bytes. An instruction comes after its operands, because this is a stack machine. */
export type Code = readonly (number | Code)[];

export type Variable = { readonly get: Code; set(value: Code): Code };

const MAGIC_AND_VERSION = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const TYPE = { i32: 0x7f, v128: 0x7b, function: 0x60, nothing: 0x40 } as const;
const END = 0x0b;

/** A function without a result. Its parameters, integers, are declared before its other variables, vectors. */
export class WasmFunction {
  readonly name: string;
  readonly #body: Code[] = [];
  #parameters = 0;
  #vectors = 0;

  constructor(name: string) {
    this.name = name;
  }

  parameter(): Variable {
    return variable(this.#parameters++);
  }

  vector(): Variable {
    return variable(this.#parameters + this.#vectors++);
  }

  add(...instructions: Code[]): void {
    this.#body.push(...instructions);
  }

  get type(): Code {
    return [TYPE.function, counted(Array(this.#parameters).fill(TYPE.i32)), counted([])];
  }

  get code(): Code {
    const variables = [unsigned(this.#vectors), TYPE.v128];
    return sized([counted([variables]), this.#body, END]);
  }
}

/** A binary module (WebAssembly core specification, chapter 5): these functions, all exported, over one imported memory. */
export function assembleModule(pages: number, functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const memory = [text('env'), text('memory'), 2, 1, unsigned(pages), unsigned(pages)];
  const sections: [number, Code][] = [
    [SECTION.type, functions.map(({ type }) => type)],
    [SECTION.import, [memory]],
    [SECTION.function, functions.map((_, index) => index)],
    [SECTION.export, functions.map(({ name }, index) => [text(name), 0, index])],
    [SECTION.code, functions.map(({ code }) => code)],
  ];
  const content = sections.map(([number, items]) => [number, sized(counted(items))]);
  return Uint8Array.from(flat([MAGIC_AND_VERSION, content]));
}

const instruction =
  (...opcode: Code) =>
  (...operands: Code[]): Code => [operands, opcode];
const simd = (opcode: number, ...immediates: Code) => instruction(0xfd, unsigned(opcode), ...immediates);
const ofMany =
  (ofTwo: (...operands: Code[]) => Code) =>
  (first: Code, ...others: Code[]): Code =>
    others.reduce((result, one) => ofTwo(result, one), first);

/** Runs the body as long as the condition holds. */
export function whileLoop(condition: Code, ...body: Code[]): Code {
  const [loop, branchToIt, whenTrue] = [0x03, [0x0c, 1], 0x04];
  return [loop, TYPE.nothing, condition, whenTrue, TYPE.nothing, body, branchToIt, END, END];
}

export const i32 = {
  const: (value: number): Code => [0x41, signed(value | 0)],
  /** Compares as unsigned numbers. */
  lessThan: instruction(0x49),
  add: instruction(0x6a),
};

/** Vectors of 128 bits; addresses need no alignment. */
export const v128 = {
  load: (address: Code, offset = 0): Code => simd(0, 0, unsigned(offset))(address),
  store: (address: Code, value: Code, offset = 0): Code => simd(11, 0, unsigned(offset))(address, value),
  /** Sixteen bytes chosen from both vectors. The bytes of `second` are numbered from 16. */
  shuffle: (first: Code, second: Code, bytes: readonly number[]): Code => simd(13, bytes)(first, second),
  or: simd(80),
  xor: ofMany(simd(81)),
  /** Takes each bit from `first` where the mask is one, and from `second` where it is zero. */
  select: (first: Code, second: Code, mask: Code): Code => simd(82)(first, second, mask),
};

/** Four 32-bit numbers side by side. */
export const i32x4 = {
  splat: simd(17),
  replaceLane: (vector: Code, lane: number, value: Code): Code => simd(28, lane)(vector, value),
  add: ofMany(simd(174)),
  shiftLeft: (value: Code, bits: number): Code => simd(171)(value, i32.const(bits)),
  shiftRight: (value: Code, bits: number): Code => simd(173)(value, i32.const(bits)),
};

function variable(index: number): Variable {
  return { get: [0x20, unsigned(index)], set: (value) => [value, 0x21, unsigned(index)] };
}

function counted(items: Code): Code {
  return [unsigned(items.length), items];
}

function sized(code: Code): Code {
  const bytes = flat(code);
  return [unsigned(bytes.length), bytes];
}

function text(name: string): Code {
  return counted([...new TextEncoder().encode(name)]);
}

function flat(code: Code, bytes: number[] = []): number[] {
  for (const part of code)
    if (typeof part === 'number') bytes.push(part);
    else flat(part, bytes);
  return bytes;
}

/** LEB128: seven bits a byte, lowest first. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
