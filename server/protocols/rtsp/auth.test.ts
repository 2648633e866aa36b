import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DigestChallenge,
  isDigestOf,
  parseAuthorization,
  parseChallenges,
  serializeAuthorization,
  serializeChallenge,
} from './auth.ts';

const NUMBERS = { clientNonce: '0a4f113b', count: 1 };

describe('parseChallenges', () => {
  test.each([
    ['basic', ['Basic realm="cam"'], [{ scheme: 'basic', realm: 'cam' }]],
    [
      'digest before basic',
      ['Basic realm="b"', 'Digest realm="d", nonce="n"'],
      [{ scheme: 'digest' }, { scheme: 'basic' }],
    ],
    [
      'digests in their order (only the first is valid on TP-Link)',
      ['Digest realm="d", nonce="1", algorithm=MD5', 'Digest realm="d", nonce="2", algorithm=SHA-256'],
      [{ nonce: '1' }, { nonce: '2', algorithm: 'SHA-256' }],
    ],
    [
      'two in one line',
      ['Digest realm="a, b", nonce="1", qop="auth,auth-int", Basic realm="c"'],
      [
        { realm: 'a, b', nonce: '1', qop: true },
        { scheme: 'basic', realm: 'c' },
      ],
    ],
    [
      'unknown parameters and missing quotes (Hikvision)',
      ['Digest realm=DVR, random="x", nonce=abc, stale=TRUE'],
      [{ realm: 'DVR', nonce: 'abc', stale: true }],
    ],
    ['an escaped quote', ['Digest realm="a\\"b", nonce="n"'], [{ realm: 'a"b' }]],
    ['qop=auth-int alone counts as none', ['Digest realm="a", nonce="n", qop="auth-int"'], [{ nonce: 'n' }]],
    ['what we cannot answer', ['Negotiate', 'Digest realm="a", nonce="n", algorithm=SHA-512-256', ''], []],
  ])('%s', (_name, values, expected) => {
    const challenges = parseChallenges(values);
    expect(challenges).toHaveLength(expected.length);
    expect(challenges).toMatchObject(expected);
  });

  test('undoes serializeChallenge', () => {
    const challenge: DigestChallenge = {
      scheme: 'digest',
      realm: 'Oriel "x"',
      nonce: 'abc',
      algorithm: 'SHA-256',
      opaque: 'o',
      qop: true,
      stale: true,
    };
    expect(
      parseChallenges([serializeChallenge(challenge), serializeChallenge({ scheme: 'basic', realm: 'r' })]),
    ).toEqual([challenge, { scheme: 'basic', realm: 'r' }]);
  });

  test('random text never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => parseChallenges([`Digest ${text}`, text]).length >= 0));
    fc.assert(
      fc.property(fc.string(), (text) => parseAuthorization(`Digest ${text}`) === undefined || text.length > 0),
    );
  });
});

describe('serializeAuthorization', () => {
  const request = { method: 'GET', uri: '/dir/index.html' };
  const mufasa = { username: 'Mufasa', password: 'Circle Of Life' };

  test('the example of RFC 2617', () => {
    const challenge: DigestChallenge = {
      scheme: 'digest',
      realm: 'testrealm@host.com',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      opaque: '5ccc069c403ebaf9f0171e9517f40e41',
      qop: true,
    };
    const value = serializeAuthorization(challenge, mufasa, request, NUMBERS);
    expect(value).toContain('response="6629fae49393a05397450978507c4ef1"');
    expect(value).toContain('nc=00000001');
    expect(value).toContain('opaque="5ccc069c403ebaf9f0171e9517f40e41"');
    expect(value).not.toContain('algorithm');
  });

  test('the SHA-256 example of RFC 7616', () => {
    const challenge: DigestChallenge = {
      scheme: 'digest',
      realm: 'http-auth@example.org',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      algorithm: 'SHA-256',
      qop: true,
    };
    const numbers = { clientNonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ', count: 1 };
    const value = serializeAuthorization(
      challenge,
      { username: 'Mufasa', password: 'Circle of Life' },
      request,
      numbers,
    );
    expect(value).toContain('753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
    expect(value).toContain('algorithm=SHA-256');
  });

  test('without qop neither count nor client nonce is sent (RFC 2069)', () => {
    const challenge: DigestChallenge = { scheme: 'digest', realm: 'r', nonce: 'n' };
    expect(serializeAuthorization(challenge, mufasa, request, NUMBERS)).not.toMatch(/nc=|qop|cnonce/);
  });

  test.each([undefined, 'MD5', 'SHA-256', 'MD5-sess'])(
    'the server side accepts what the client side made (%s)',
    (algorithm) => {
      for (const qop of [true, false]) {
        const challenge: DigestChallenge = {
          scheme: 'digest',
          realm: 'r',
          nonce: 'n',
          qop,
          ...(algorithm ? { algorithm } : {}),
        };
        const parsed = parseAuthorization(serializeAuthorization(challenge, mufasa, request, NUMBERS));
        if (parsed?.scheme !== 'digest') throw new Error('not a digest');
        expect(parsed).toMatchObject({ username: 'Mufasa', nonce: 'n', uri: request.uri });
        expect(isDigestOf(parsed, 'GET', mufasa.password)).toBe(true);
        expect(isDigestOf(parsed, 'PLAY', mufasa.password)).toBe(false);
        expect(isDigestOf(parsed, 'GET', 'circle of life')).toBe(false);
      }
    },
  );

  test('basic, with a colon in the password', () => {
    const credentials = { username: 'admin', password: 'a:b#ü' };
    const value = serializeAuthorization({ scheme: 'basic', realm: 'r' }, credentials, request, NUMBERS);
    expect(parseAuthorization(value)).toEqual({ scheme: 'basic', ...credentials });
  });
});
