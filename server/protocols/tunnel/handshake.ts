import { createHmac, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../../platform/errors.ts';

/** The longest line, without its newline and the carriage return before that. */
export const MAX_LINE_BYTES = 256;
export const NONCE_BYTES = 16;
const LONGEST_REASON = 160;

/** Cuts what a device sends into lines, however it is split; what follows the handshake comes out untouched. */
export class LineReader {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#bytes, chunk]);
  }

  /** Undefined while the rest of the line is missing; throws `too-large` when a line never ends. */
  next(): string | undefined {
    const end = this.#bytes.subarray(0, MAX_LINE_BYTES + 2).indexOf(10);
    if (end === -1) {
      if (this.#bytes.length > MAX_LINE_BYTES + 1) throw tooLong();
      return undefined;
    }
    const hasReturn = end > 0 && this.#bytes[end - 1] === 13;
    const length = hasReturn ? end - 1 : end;
    if (length > MAX_LINE_BYTES) throw tooLong();
    const line = this.#bytes.toString('utf8', 0, length);
    this.#bytes = this.#bytes.subarray(end + 1);
    return line;
  }

  /** Everything after the last line, which belongs to the camera's connection. */
  rest(): Buffer {
    const rest = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    return rest;
  }
}

function tooLong(): GatewayError {
  return new GatewayError('too-large', `The device sent a line of more than ${MAX_LINE_BYTES} bytes.`);
}

/** The name in `ORIEL/1 NAME`. */
export function parseGreeting(line: string): string | undefined {
  return /^ORIEL\/1 ([a-z0-9][a-z0-9_-]{0,62})$/.exec(line)?.[1];
}

/** The proof in `MAC <64 hex>`. */
export function parseProof(line: string): Buffer | undefined {
  const hex = /^MAC ([\da-f]{64})$/i.exec(line)?.[1];
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}

export type GoAnswer = { readonly kind: 'up' } | { readonly kind: 'refused'; readonly reason: string };

/** What a device says to `GO`: `UP`, or `ERR reason`, which may be shown. */
export function parseGoAnswer(line: string): GoAnswer | undefined {
  if (line === 'UP') return { kind: 'up' };
  const reason = /^ERR(?: (.*))?$/s.exec(line);
  if (!reason) return undefined;
  const readable = (reason[1] ?? '').replaceAll(/[\p{Cc}\p{Cf}\ufffd]+/gu, ' ').trim();
  return { kind: 'refused', reason: readable.slice(0, LONGEST_REASON) };
}

/** HMAC-SHA256 of the bytes of the nonce, with the bytes of the token as its key. */
export function proofOf(token: string, nonce: Uint8Array): Buffer {
  return createHmac('sha256', token).update(nonce).digest();
}

export function isProof(proof: Uint8Array, token: string, nonce: Uint8Array): boolean {
  const expected = proofOf(token, nonce);
  return proof.length === expected.length && timingSafeEqual(proof, expected);
}
