import { countBlocks, mask } from './counter-kernel.ts';
import { MAX_RUN_BYTES, PacketRun } from './packet-run.ts';
import { absorb, LANES, SHA1_BLOCK_BYTES, STATE_WORDS } from './sha1-kernel.ts';
import { SHA1_TAG_BYTES } from './srtp-profile.ts';
import { VECTOR_BYTES } from './vector-words.ts';
import { assembleModule } from './wasm-assembler.ts';

/** How many bytes the hash may write after a packet: rollover counter, a one bit, the length and padding to a block. */
const HASH_PADDING_BYTES = 4 + 1 + 8 + SHA1_BLOCK_BYTES - 1;

/** The layout of the functions' memory. */
const STATE_AT = 0;
const OUTER_AT = STATE_AT + STATE_WORDS * VECTOR_BYTES;
const KEY_STREAM_AT = OUTER_AT + LANES * SHA1_BLOCK_BYTES;
const RUN_AT = KEY_STREAM_AT + MAX_RUN_BYTES;
const RUN_BYTES = MAX_RUN_BYTES + HASH_PADDING_BYTES;
const PAGE_BYTES = 65_536;
const PAGES = Math.ceil((RUN_AT + RUN_BYTES) / PAGE_BYTES);

/** The part of WebAssembly's types that is used here. Node's types do not include them; those of browsers do. */
declare const WebAssembly: {
  validate(code: Uint8Array): boolean;
  Module: new (code: Uint8Array) => object;
  Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

type Functions = {
  absorb(a: number, b: number, c: number, d: number, end: number): void;
  countBlocks(at: number, end: number, w0: number, w1: number, w2: number, w3: number): void;
  mask(at: number, end: number, keyAt: number): void;
};

/**
 * Protects packets cheaply without native code: functions in WebAssembly, which are assembled when they are first needed, and
 * their memory. All viewers of a process share them, as they share the run.
 */
export type SrtpKernel = Functions & {
  readonly run: PacketRun;
  /** The whole memory; positions in it are the functions' addresses. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The states of four hashes, as vectors that hold one word of each. */
  readonly state: Uint32Array;
  /** A block for each of the four hashes. */
  readonly outerAt: number;
  readonly keyStreamAt: number;
};

/** Undefined on a machine whose WebAssembly has no vectors. */
export function createSrtpKernel(): SrtpKernel | undefined {
  const code = assembleModule(PAGES, [absorb(STATE_AT), countBlocks(), mask()]);
  if (!WebAssembly.validate(code)) return undefined;
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  const block = { bytes: new Uint8Array(memory.buffer, RUN_AT, RUN_BYTES), address: RUN_AT };
  return {
    ...(exports as Functions),
    run: new PacketRun(block, HASH_PADDING_BYTES - SHA1_TAG_BYTES),
    bytes: new Uint8Array(memory.buffer),
    view: new DataView(memory.buffer),
    state: new Uint32Array(memory.buffer, STATE_AT, STATE_WORDS * LANES),
    outerAt: OUTER_AT,
    keyStreamAt: KEY_STREAM_AT,
  };
}
