import { describe, expect, test } from 'vitest';
import { Refusal } from '../signalling/signalling.ts';
import { lossOf, parseRefusal } from './loss.ts';

describe('why a transport ended', () => {
  test.each([
    [
      'the gateway says no',
      new Refusal('share-revoked', 'Revoked.'),
      { kind: 'refused', code: 'share-revoked', message: 'Revoked.' },
    ],
    ['the gateway stops', new Refusal('stopping', 'Stopping.'), { kind: 'broken', why: 'ended' }],
    ['the network broke', new TypeError('Failed to fetch'), { kind: 'broken', why: 'connection' }],
  ])('%s', (_name, error, loss) => {
    expect(lossOf(error)).toEqual(loss);
  });
});

describe('a refusal', () => {
  test('in our own words', () => {
    const refusal = parseRefusal(
      503,
      '{"error":{"code":"too-many-viewers","message":"16 of 16 viewers are watching."}}',
    );
    expect([refusal.code, refusal.message]).toEqual(['too-many-viewers', '16 of 16 viewers are watching.']);
  });

  test.each([
    ['a proxy that wants a sign-in', 401, '<html>', 'not-signed-in'],
    ['a proxy without a gateway behind it', 502, '', 'internal'],
    ['a code of another version', 401, '{"error":{"code":"nonsense"}}', 'not-signed-in'],
    ['JSON that is not an object', 403, 'null', 'not-allowed'],
    ['a part of a playlist that is too old', 404, '', 'internal'],
  ])('%s', (_name, status, body, code) => {
    expect(parseRefusal(status, body).code).toBe(code);
  });
});
