import { ChunkedReader } from './chunked.ts';

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
/** A chunk size and its line end fit into this many bytes. Anything longer is not a chunk size. */
const ENOUGH_BYTES = 12;
const CHUNK_SIZE = /^[0-9a-fA-F]{1,8}[ \t]*(?:;[^\r\n]*)?\r?\n/;

/**
 * The bytes of an endless body, whatever the headers say about its framing. Some cameras announce chunks in HTTP/1.0 and send
 * them, and some announce them and do not, so the beginning of the body decides.
 */
export class BodyReader {
  #start: Uint8Array = new Uint8Array(0);
  #framing: 'unknown' | 'raw' | ChunkedReader = 'unknown';

  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#framing === 'raw') return [chunk];
    if (this.#framing !== 'unknown') return this.#framing.push(chunk);
    this.#start = this.#start.length === 0 ? chunk : Buffer.concat([this.#start, chunk]);
    const decided = decide(this.#start);
    if (!decided) return [];
    this.#framing = decided === 'raw' ? 'raw' : new ChunkedReader();
    const start = this.#start;
    this.#start = new Uint8Array(0);
    return this.push(start);
  }
}

function decide(bytes: Uint8Array): 'raw' | 'chunked' | undefined {
  let at = 0;
  while (bytes[at] === CR || bytes[at] === LF) at++;
  const rest = bytes.subarray(at, at + ENOUGH_BYTES);
  if (rest[0] === DASH && rest[1] === DASH) return 'raw';
  if (CHUNK_SIZE.test(Buffer.from(rest).toString('latin1'))) return at === 0 ? 'chunked' : 'raw';
  return rest.length < ENOUGH_BYTES ? undefined : 'raw';
}
