import { GatewayError } from '../../platform/errors.ts';
import { ByteBacklog } from '../rtsp/byte-backlog.ts';

const MAX_CHUNK_BYTES = 16 * 1024 * 1024;
const MAX_SIZE_LINE_BYTES = 256;
const LF = 0x0a;

/** Removes the chunked coding (RFC 9112 clause 7.1) from a body. HTTP/1.0 cameras use it too. */
export class ChunkedReader {
  readonly #sizeLine = new ByteBacklog();
  /** Bytes of the present chunk that are still to come. */
  #left = 0;
  #state: 'size' | 'data' | 'data-end' | 'done' = 'size';

  /** The last chunk was seen; what follows is not part of the body. */
  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** The payload in these bytes, as views of them. */
  push(chunk: Uint8Array): Uint8Array[] {
    const payload: Uint8Array[] = [];
    let rest = chunk;
    while (rest.length > 0 && this.#state !== 'done') {
      if (this.#state === 'data') {
        const taken = rest.subarray(0, this.#left);
        payload.push(taken);
        this.#left -= taken.length;
        rest = rest.subarray(taken.length);
        if (this.#left === 0) this.#state = 'data-end';
      } else rest = this.#takeLine(rest);
    }
    return payload;
  }

  #takeLine(bytes: Uint8Array): Uint8Array {
    const data = this.#sizeLine.append(bytes) ?? bytes;
    const end = data.indexOf(LF);
    if (end === -1) {
      if (data.length > MAX_SIZE_LINE_BYTES)
        throw new GatewayError('bad-data', 'The camera sends a broken chunked body.');
      this.#sizeLine.keep(data, 0);
      return bytes.subarray(bytes.length);
    }
    this.#sizeLine.keep(data, data.length);
    this.#onLine(Buffer.from(data.subarray(0, end)).toString('latin1').trim());
    return data.subarray(end + 1);
  }

  #onLine(line: string): void {
    if (this.#state === 'data-end') {
      if (line !== '') throw new GatewayError('bad-data', 'The camera sends a broken chunked body.');
      this.#state = 'size';
      return;
    }
    const size = /^([0-9a-fA-F]{1,8})\s*(?:;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw new GatewayError('bad-data', 'The camera sends a broken chunked body.');
    this.#left = Number.parseInt(size, 16);
    if (this.#left > MAX_CHUNK_BYTES)
      throw new GatewayError('too-large', 'The camera sends a chunk of more than 16 MiB.');
    this.#state = this.#left === 0 ? 'done' : 'data';
  }
}
