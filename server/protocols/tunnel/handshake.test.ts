import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asGatewayError } from '../../platform/errors.ts';
import { isProof, LineReader, MAX_LINE_BYTES, parseGoAnswer, parseGreeting, parseProof, proofOf } from './handshake.ts';

function readAll(chunks: readonly Uint8Array[]): { lines: string[]; rest: Buffer } {
  const reader = new LineReader();
  const lines: string[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let line = reader.next(); line !== undefined; line = reader.next()) lines.push(line);
  }
  return { lines, rest: reader.rest() };
}

describe('the line reader', () => {
  const lineText = fc.string({ unit: fc.constantFrom('a', 'Z', '0', ' ', '-', 'é', '日'), maxLength: 60 });

  test('reads the same lines however the bytes are cut, and leaves the rest as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(lineText, fc.constantFrom('\n', '\r\n')), { maxLength: 8 }),
        fc.uint8Array({ maxLength: 40 }).filter((bytes) => !bytes.includes(10)),
        fc.array(fc.nat({ max: 600 }), { maxLength: 20 }),
        (lines, rest, cuts) => {
          const whole = Buffer.concat([Buffer.from(lines.map(([text, end]) => text + end).join('')), rest]);
          const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
          const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
          const read = readAll(chunks);
          expect(read.lines).toEqual(lines.map(([text]) => text));
          expect(read.rest.equals(Buffer.from(rest))).toBe(true);
        },
      ),
    );
  });

  test('whatever bytes come, it buffers at most one line and refuses only lines that are too long', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }), (chunks) => {
        const reader = new LineReader();
        const sent = Buffer.concat(chunks);
        const hasLongLine = sent
          .toString('latin1')
          .split('\n')
          .some((line) => line.length > MAX_LINE_BYTES);
        try {
          for (const chunk of chunks) {
            reader.push(chunk);
            while (reader.next() !== undefined);
          }
          expect(reader.rest().length).toBeLessThanOrEqual(MAX_LINE_BYTES + 1);
        } catch (error) {
          expect(asGatewayError(error).code).toBe('too-large');
          expect(hasLongLine).toBe(true);
        }
      }),
    );
  });

  test('takes a line of 256 bytes and refuses one of 257, with and without its end', () => {
    const text = (length: number, end: string) => [Buffer.from('x'.repeat(length) + end)];
    expect(readAll(text(MAX_LINE_BYTES, '\n')).lines).toHaveLength(1);
    expect(readAll(text(MAX_LINE_BYTES, '\r\n')).lines).toHaveLength(1);
    expect(() => readAll(text(MAX_LINE_BYTES + 1, '\n'))).toThrow(/more than 256 bytes/);
    expect(() => readAll(text(MAX_LINE_BYTES + 2, ''))).toThrow(/more than 256 bytes/);
  });
});

describe('lines of the device', () => {
  test.each([
    ['ORIEL/1 warehouse', 'warehouse'],
    ['ORIEL/1 a', 'a'],
    ['ORIEL/2 warehouse', undefined],
    ['ORIEL/1 Warehouse', undefined],
    ['ORIEL/1  warehouse', undefined],
    [`ORIEL/1 ${'a'.repeat(64)}`, undefined],
    ['GET / HTTP/1.1', undefined],
  ])('%j greets as %j', (line, name) => {
    expect(parseGreeting(line)).toBe(name);
  });

  test('a proof is the HMAC-SHA256 over the bytes of the nonce, keyed with the token, and nothing else', () => {
    const nonce = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
    const hex = createHmac('sha256', 'geheimnis ü').update(nonce).digest('hex');
    expect(parseProof(`MAC ${hex}`)?.toString('hex')).toBe(hex);
    expect(parseProof(`MAC ${hex.toUpperCase()}`)?.toString('hex')).toBe(hex);
    expect(parseProof(`MAC ${hex}0`)).toBeUndefined();
    expect(isProof(Buffer.from(hex, 'hex'), 'geheimnis ü', nonce)).toBe(true);
    expect(isProof(Buffer.from(hex, 'hex'), 'another', nonce)).toBe(false);
    expect(isProof(Buffer.alloc(3), 'another', nonce)).toBe(false);
    expect(proofOf('another', nonce).length).toBe(32);
  });

  test.each([
    ['UP', { kind: 'up' }],
    ['ERR the camera refuses', { kind: 'refused', reason: 'the camera refuses' }],
    ['ERR', { kind: 'refused', reason: '' }],
    ['ERR a\u001b[31mred\u0000b', { kind: 'refused', reason: 'a [31mred b' }],
    ['UPS', undefined],
  ])('%j answers GO', (line, answer) => {
    expect(parseGoAnswer(line)).toEqual(answer);
  });
});
