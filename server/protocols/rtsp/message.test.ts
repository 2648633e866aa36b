import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { headerValue, headerValues, parseRtspMessage, type RtspMessage, serializeRtspMessage } from './message.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const parse = (text: string): RtspMessage | undefined => parseRtspMessage(bytes(text))?.message;

describe('parseRtspMessage', () => {
  test.each([
    [
      'a response',
      'RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n',
      { kind: 'response', status: 200, reason: 'OK', version: '1.0' },
    ],
    ['no reason (Hipcam)', 'RTSP/1.0 401\r\nCseq: 1\r\n\r\n', { status: 401, reason: '' }],
    ['RTSP 2.0', 'RTSP/2.0 505 Nope\r\n\r\n', { status: 505, version: '2.0' }],
    ['bare line feeds', 'RTSP/1.0 200 OK\nCSeq: 1\n\n', { status: 200 }],
    [
      'a request',
      'OPTIONS rtsp://h/a?b=c d RTSP/1.0\r\n\r\n'.replace(' d ', ' '),
      { kind: 'request', method: 'OPTIONS', url: 'rtsp://h/a?b=c' },
    ],
  ])('reads %s', (_name, text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });

  test('header names in any spelling, padded values (Hikvision, Longse), several of one name', () => {
    const message = parse(
      'RTSP/1.0 200 OK\r\ncseq:\t 7 \r\nSession:        708;timeout=60\r\nWWW-Authenticate: a\r\nWww-authenticate: b\r\n\r\n',
    );
    expect(headerValue(message?.headers ?? [], 'CSeq')).toBe('7');
    expect(headerValue(message?.headers ?? [], 'session')).toBe('708;timeout=60');
    expect(headerValues(message?.headers ?? [], 'WWW-Authenticate')).toEqual(['a', 'b']);
  });

  test('a folded header is one header', () => {
    const message = parse('RTSP/1.0 200 OK\r\nPublic: OPTIONS,\r\n  PLAY\r\n\r\n');
    expect(headerValue(message?.headers ?? [], 'Public')).toBe('OPTIONS, PLAY');
  });

  test('waits for the head and for the body', () => {
    const whole = 'RTSP/1.0 200 OK\r\nContent-length: 5\r\n\r\nv=0\r\n';
    for (let length = 0; length < whole.length; length++) expect(parse(whole.slice(0, length))).toBeUndefined();
    expect(parseRtspMessage(bytes(`${whole}$`))).toMatchObject({ bytesUsed: whole.length });
  });

  test.each([
    ['bad-data', 'GET / HTTP/1.1\r\n\r\n'],
    ['bad-data', 'RTSP/1.0 200 OK\r\nContent-Length: x\r\n\r\n'],
    ['too-large', 'RTSP/1.0 200 OK\r\nContent-Length: 9999999\r\n\r\n'],
    ['too-large', `RTSP/1.0 200 OK\r\nA: ${'a'.repeat(3000)}\r\n\r\n`],
    ['too-large', `RTSP/1.0 200 OK\r\n${'a: b\r\n'.repeat(256)}\r\n`],
    ['too-large', 'a'.repeat(40_000)],
  ])('refuses as %s', (code, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code }));
  });

  test('undoes serializeRtspMessage', () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
    const message = fc.record({
      headers: fc.array(fc.tuple(word, word).filter(([name]) => name.toLowerCase() !== 'content-length')),
      body: fc.uint8Array({ maxLength: 50 }),
      status: fc.integer({ min: 100, max: 599 }),
    });
    fc.assert(
      fc.property(message, ({ headers, body, status }) => {
        const response = { kind: 'response', version: '1.0', status, reason: 'Because', headers, body } as const;
        const parsed = parseRtspMessage(serializeRtspMessage(response))?.message;
        expect(parsed?.headers.slice(0, headers.length)).toEqual(headers);
        expect(Buffer.from(parsed?.body ?? [])).toEqual(Buffer.from(body));
      }),
    );
  });

  test('random bytes only return or throw a GatewayError', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('', 'RTSP/1.0 200 ', 'PLAY a RTSP/1.0'),
        (tail, head) => {
          try {
            parseRtspMessage(Buffer.concat([bytes(head), tail, bytes('\r\n\r\n')]));
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError);
          }
        },
      ),
    );
  });
});
