import { GatewayError } from '../../platform/errors.ts';
import { ByteBacklog } from '../rtsp/byte-backlog.ts';
import { endOfHead, parseHeaders } from './response-head.ts';

export type Part = { readonly headers: ReadonlyMap<string, string>; readonly body: Uint8Array };

export type MultipartLimits = { readonly maxHeadBytes: number; readonly maxPartBytes: number };

const DEFAULT_MULTIPART_LIMITS: MultipartLimits = { maxHeadBytes: 16 * 1024, maxPartBytes: 4 * 1024 * 1024 };

const CR = 0x0d;
const LF = 0x0a;

/**
 * Cuts an endless multipart body into parts. A line that begins with the boundary starts a part, whatever follows it on the
 * line: Kasa cameras name `data-boundary--` as their boundary, so that every delimiter looks like the closing one. Nothing
 * but the end of the connection ends the stream. Bodies are views of what was pushed.
 */
export class MultipartReader {
  readonly #boundary: Buffer;
  readonly #limits: MultipartLimits;
  readonly #backlog = new ByteBacklog();
  /** How many bytes were skipped: those between parts, and bodies of unknown length. */
  skippedBytes = 0;

  /** `boundary` includes its leading dashes but not the odd ones at its end: `--data-boundary`. */
  constructor(boundary: string, limits: MultipartLimits = DEFAULT_MULTIPART_LIMITS) {
    this.#boundary = Buffer.from(boundary, 'latin1');
    this.#limits = limits;
  }

  push(chunk: Uint8Array): Part[] {
    const parts: Part[] = [];
    const data = this.#backlog.append(chunk);
    if (!data) return parts;
    let at = 0;
    for (;;) {
      const next = this.#take(data, at, parts);
      if (next === undefined) break;
      at = next;
    }
    this.#backlog.keep(data, at);
    return parts;
  }

  /** Does one step: the offset after the delimiter, its part, or the bytes before it. Undefined while bytes are missing. */
  #take(data: Uint8Array, at: number, parts: Part[]): number | undefined {
    if (data.length - at < this.#boundary.length + 2) return undefined;
    const start = Buffer.from(data.buffer, data.byteOffset, data.length).indexOf(this.#boundary, at);
    if (start === -1) return this.#skip(at, data.length - this.#boundary.length);
    if (start > at) {
      const isLineStart = data[start - 1] === LF;
      const blank = data.subarray(at, start).every((byte) => byte === CR || byte === LF);
      if (!blank) this.skippedBytes += start - at;
      if (!isLineStart && !blank) return start + this.#boundary.length; // The bytes of a picture may look like a boundary.
    }
    const lineEnd = data.indexOf(LF, start);
    if (lineEnd === -1) return this.#checkHead(data.length - start);
    return this.#takePart(data, { kept: at, start, headStart: lineEnd + 1 }, parts);
  }

  #takePart(
    data: Uint8Array,
    { kept, start, headStart }: { kept: number; start: number; headStart: number },
    parts: Part[],
  ): number | undefined {
    if (this.#startsBoundary(data, headStart)) return headStart; // The delimiter was sent twice.
    const headEnd = data[headStart] === LF ? headStart + 1 : endOfHead(data, headStart);
    if (headEnd === undefined) return this.#checkHead(data.length - start);
    const head = Buffer.from(data.subarray(headStart, headEnd)).toString('latin1');
    const headers = parseHeaders(head.split(/\r?\n/));
    const length = headers.get('content-length');
    if (length === undefined || !/^\d{1,9}$/.test(length)) {
      this.skippedBytes += headEnd - start;
      return headEnd; // Without a length the next delimiter is searched for.
    }
    const bytes = Number(length);
    if (bytes > this.#limits.maxPartBytes) {
      throw new GatewayError(
        'too-large',
        `The camera announces a part of more than ${this.#limits.maxPartBytes} bytes.`,
      );
    }
    if (data.length < headEnd + bytes) {
      this.#backlog.want(headEnd - kept + bytes);
      return undefined;
    }
    parts.push({ headers, body: data.subarray(headEnd, headEnd + bytes) });
    return headEnd + bytes;
  }

  #startsBoundary(data: Uint8Array, at: number): boolean {
    return Buffer.compare(data.subarray(at, at + this.#boundary.length), this.#boundary) === 0;
  }

  #checkHead(bytes: number): undefined {
    if (bytes > this.#limits.maxHeadBytes) {
      throw new GatewayError(
        'too-large',
        `A part of the camera's stream has more than ${this.#limits.maxHeadBytes} bytes of headers.`,
      );
    }
    return undefined;
  }

  #skip(from: number, to: number): number | undefined {
    if (to <= from) return undefined;
    this.skippedBytes += to - from;
    return to;
  }
}
