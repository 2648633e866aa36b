import { describe, expect, test } from 'vitest';
import { BodyReader } from './body-framing.ts';

const read = (text: string, step: number): string => {
  const reader = new BodyReader();
  const out: Uint8Array[] = [];
  for (let at = 0; at < text.length; at += step) out.push(...reader.push(Buffer.from(text.slice(at, at + step))));
  return Buffer.concat(out).toString();
};

describe('BodyReader decides by the body and not by the headers', () => {
  test.each([
    ['raw', '--data-boundary--\r\nA: b\r\n\r\nx', '--data-boundary--\r\nA: b\r\n\r\nx'],
    ['raw behind a blank line', '\r\n--data-boundary--\r\n', '\r\n--data-boundary--\r\n'],
    ['chunked', '4\r\n--da\r\n3\r\nta-\r\n', '--data-'],
    ['something else', 'plain words and more', 'plain words and more'],
  ])('%s', (_name, wire, body) => {
    for (const step of [1, 3, 1000]) expect(read(wire, step)).toBe(body);
  });
});
