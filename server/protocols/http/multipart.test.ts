import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { MultipartReader, type Part } from './multipart.ts';

const BOUNDARY = '--data-boundary';

function wire(bodies: readonly Uint8Array[], delimiter = `${BOUNDARY}--\r\n`): Buffer {
  return Buffer.concat(
    bodies.flatMap((body, n) => [
      Buffer.from(
        `${n > 0 ? '\r\n' : ''}${delimiter}Content-Type: video/x-h264\r\nContent-Length: ${body.length}\r\nX-Number:${n}\r\n\r\n`,
      ),
      body,
    ]),
  );
}

function readAll(bytes: Uint8Array, step: number): Part[] {
  const reader = new MultipartReader(BOUNDARY);
  const parts: Part[] = [];
  for (let at = 0; at < bytes.length; at += step) parts.push(...reader.push(bytes.subarray(at, at + step)));
  return parts;
}

const bodiesOf = (parts: readonly Part[]): number[][] => parts.map((part) => [...part.body]);

describe('MultipartReader', () => {
  const bodies = [
    Uint8Array.of(1, 2, 3),
    Uint8Array.of(),
    Buffer.from(`x${BOUNDARY}--\r\ny`),
    new Uint8Array(900).fill(7),
  ];

  test('a delimiter cut at every byte changes nothing', () => {
    const bytes = wire(bodies);
    for (let cut = 1; cut < bytes.length; cut++) {
      const reader = new MultipartReader(BOUNDARY);
      const parts = [...reader.push(bytes.subarray(0, cut)), ...reader.push(bytes.subarray(cut))];
      expect(bodiesOf(parts)).toEqual(bodies.map((body) => [...body]));
    }
  });

  test('parts do not depend on how TCP cut the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 64 }),
        (all, step) => {
          expect(bodiesOf(readAll(wire(all), step))).toEqual(all.map((body) => [...body]));
        },
      ),
    );
  });

  test.each([
    ['the delimiter sent twice', `${BOUNDARY}--\r\n${BOUNDARY}--\r\n`],
    ['a plain delimiter', `${BOUNDARY}\r\n`],
    ['blank lines before it', `\r\n\r\n${BOUNDARY}--\r\n`],
  ])('%s', (_name, delimiter) => {
    expect(bodiesOf(readAll(wire(bodies, delimiter), 13))).toEqual(bodies.map((body) => [...body]));
  });

  test('lines may end in LF alone', () => {
    const bytes = Buffer.from(`${BOUNDARY}--\nContent-Length:2\n\nab\n${BOUNDARY}--\nContent-Length:1\n\nc`);
    expect(readAll(bytes, 5).map((part) => Buffer.from(part.body).toString())).toEqual(['ab', 'c']);
  });

  test('a part without a length is skipped and the next one is found', () => {
    const bytes = Buffer.concat([
      Buffer.from(`${BOUNDARY}--\r\nContent-Type: video/x-h264\r\n\r\nno length\r\n`),
      wire([Uint8Array.of(9)]),
    ]);
    for (const step of [1, 7, 500]) expect(bodiesOf(readAll(bytes, step))).toEqual([[9]]);
  });

  test('header names may have any case, and spaces around values are removed', () => {
    const [part] = readAll(Buffer.from(`${BOUNDARY}--\r\nCONTENT-length:   1  \r\nX-UtcTime:5\r\n\r\nz`), 500);
    expect(part?.headers.get('x-utctime')).toBe('5');
  });

  test('a hostile length and endless headers are refused', () => {
    const reader = (): MultipartReader => new MultipartReader(BOUNDARY);
    expect(() => reader().push(Buffer.from(`${BOUNDARY}--\r\nContent-Length: 99999999\r\n\r\n`))).toThrow(
      /announces a part/,
    );
    expect(() => reader().push(Buffer.from(`${BOUNDARY}--\r\n${'a: b\r\n'.repeat(5000)}`))).toThrow(GatewayError);
  });

  test('random bytes only ever return or throw GatewayError', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
        const reader = new MultipartReader(BOUNDARY);
        try {
          for (const chunk of chunks) reader.push(Buffer.concat([Buffer.from(BOUNDARY), chunk]));
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
    );
  });
});
