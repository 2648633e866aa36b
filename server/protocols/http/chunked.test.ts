import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { ChunkedReader } from './chunked.ts';
import { parseResponseHead } from './response-head.ts';

const encode = (chunks: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    ...chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)};x=y\r\n`), chunk, Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ]);

describe('ChunkedReader', () => {
  test('the payload does not depend on how TCP cut the bytes', () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(fc.array(chunk), fc.integer({ min: 1, max: 40 }), (chunks, step) => {
        const bytes = encode(chunks);
        const reader = new ChunkedReader();
        const out: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += step) out.push(...reader.push(bytes.subarray(at, at + step)));
        expect(Buffer.concat(out)).toEqual(Buffer.concat(chunks));
        expect(reader.isDone).toBe(true);
      }),
    );
  });

  test.each([['zz\r\n'], ['-1\r\n'], ['5\r\nhelloX\r\n'], ['fffffffff\r\n'], ['1'.repeat(400)]])(
    'refuses %s',
    (text) => {
      expect(() => new ChunkedReader().push(Buffer.from(text))).toThrow(GatewayError);
    },
  );
});

describe('parseResponseHead', () => {
  test.each([
    ['HTTP/1.0 200 OK\r\nContent-Length: -1\r\nContent-Type: a\r\n\r\nbody', 200],
    ['HTTP/1.1 401\r\nWWW-Authenticate: Basic\r\n\r\n', 401],
    ['HTTP/1.0 503 Service Unavailable\n\n', 503],
  ])('%j', (text, status) => {
    const parsed = parseResponseHead(Buffer.from(text));
    expect(parsed?.head.status).toBe(status);
    expect(text.slice(parsed?.end)).toBe(text.endsWith('body') ? 'body' : '');
  });

  test('waits for the rest, and refuses what can never be a head', () => {
    expect(parseResponseHead(Buffer.from('HTTP/1.0 200 OK\r\nA: b\r\n'))).toBeUndefined();
    expect(() => parseResponseHead(Buffer.from('SSH-2.0-x\r\n\r\n'))).toThrow(GatewayError);
    expect(() => parseResponseHead(Buffer.alloc(40_000, 65))).toThrow(/32768 bytes of headers/);
  });
});
