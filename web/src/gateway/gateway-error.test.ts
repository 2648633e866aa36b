import { describe, expect, test } from 'vitest';
import { parseError } from './gateway-error.ts';

describe('a refusal', () => {
  test('is told in the words of the gateway', () => {
    const error = parseError(503, '{"error":{"code":"too-many-viewers","message":"16 of 16 people are watching."}}');
    expect([error.code, error.message]).toEqual(['too-many-viewers', '16 of 16 people are watching.']);
  });

  test.each([
    ['a proxy that wants a sign-in', 401, '<html>', 'not-signed-in'],
    ['a proxy without a gateway behind it', 502, '', 'internal'],
    ['a code of another version', 401, '{"error":{"code":"nonsense"}}', 'not-signed-in'],
    ['JSON that is not an object', 403, 'null', 'not-allowed'],
    ['a part of a playlist that is too old', 404, '', 'internal'],
  ])('%s', (_name, status, body, code) => {
    expect(parseError(status, body).code).toBe(code);
  });
});
