import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import {
  cloudHeader,
  cloudSequence,
  isCloudResponse,
  parseCloudMessage,
  serializeCloudRequest,
  serializeCloudResponse,
} from './cloud-message.ts';
import { wsseHeaders } from './wsse.ts';
import { parseXmlFields, serializeXmlFields } from './xml-fields.ts';

const IDENTITY = { user: 'cba1b29e32cb17aa46b8ff9e73c7f40b', key: '996103384cdf19179e19243e959bbf8b' };

test('a request looks as clients in the field send it', () => {
  const request = serializeCloudRequest({
    verb: 'DHGET',
    path: '/probe/p2psrv',
    headers: [['CSeq', '1'], ...wsseHeaders(IDENTITY, 1234567890, Date.UTC(2024, 0, 2, 3, 4, 5))],
    body: '',
  });
  expect(Buffer.from(request).toString()).toBe(
    [
      'DHGET /probe/p2psrv HTTP/1.1',
      'CSeq: 1',
      'Authorization: WSSE profile="UsernameToken"',
      'X-WSSE: UsernameToken Username="cba1b29e32cb17aa46b8ff9e73c7f40b", PasswordDigest="yo9hiYp9X22h33Z/fuzUmq7lzEM=", Nonce="1234567890", Created="2024-01-02T03:04:05Z"',
      '',
      '',
    ].join('\r\n'),
  );
});

test('a message with a body has an empty Content-Type header with a trailing blank', () => {
  const text = Buffer.from(
    serializeCloudRequest({ verb: 'DHPOST', path: '/relay/start/T', headers: [['CSeq', '4']], body: '<body></body>' }),
  ).toString();
  expect(text).toBe(
    'DHPOST /relay/start/T HTTP/1.1\r\nCSeq: 4\r\nContent-Type: \r\nContent-Length: 13\r\n\r\n<body></body>',
  );
});

describe('responses', () => {
  const parse = (text: string) => parseCloudMessage(Buffer.from(text));

  test('reason phrases may contain blanks, and headers may come in any order and case', () => {
    const reply = parse(
      'HTTP/1.1 200 Server Nat Info!\r\nDate: x\r\ncseq:7\r\n\r\n<body><US>203.0.113.9:8803</US></body>',
    );
    if (!isCloudResponse(reply)) throw new Error('not a response');
    expect([reply.status, reply.reason, cloudSequence(reply)]).toEqual([200, 'Server Nat Info!', 7]);
    expect(parseXmlFields(reply.body).get('US')).toBe('203.0.113.9:8803');
  });

  test('an XML declaration and two line ends, as the dispatcher sends them, are accepted', () => {
    const reply = parse(
      'HTTP/1.1 200 OK\r\nCSeq: 3\r\n\r\n<?xml version="1.0" encoding="UTF-8"?><body><Agent>198.51.100.4:31407</Agent><Token>T</Token></body>\r\n\r\n',
    );
    expect([...parseXmlFields(reply.body)]).toEqual([
      ['Agent', '198.51.100.4:31407'],
      ['Token', 'T'],
    ]);
  });

  test('the first of two documents in one datagram counts', () => {
    expect(parseXmlFields('<body><A>1</A></body><body><A>2</A></body>').get('A')).toBe('1');
  });

  test.each([
    ['no blank line', 'HTTP/1.1 200 OK\r\nCSeq: 1\r\n'],
    ['another protocol', 'SIP/2.0 200 OK\r\n\r\n'],
    ['an unknown verb', 'DELETE /x HTTP/1.1\r\n\r\n'],
  ])('%s is refused', (_name, text) => {
    expect(() => parse(text)).toThrow(GatewayError);
  });
});

test('user names with markup are written to XML and read back unchanged', () => {
  const fields = [['UserName', 'a<b>&"c"']] as const;
  expect(parseXmlFields(serializeXmlFields(fields)).get('UserName')).toBe('a<b>&"c"');
});

test('a response is written to bytes and read back unchanged', () => {
  const message = parseCloudMessage(
    serializeCloudResponse({ status: 403, reason: 'Forbidden', headers: [['CSeq', '9']], body: '<body>é</body>' }),
  );
  expect(isCloudResponse(message) && [message.status, message.reason, message.body]).toEqual([
    403,
    'Forbidden',
    '<body>é</body>',
  ]);
  expect(cloudHeader(message, 'content-length')).toBe('15');
});

test('random bytes are read or refused with a GatewayError', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.string().map((text) => Buffer.from(`HTTP/1.1 ${text}`)),
      ),
      (bytes) => {
        try {
          parseXmlFields(parseCloudMessage(bytes).body);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      },
    ),
  );
});
