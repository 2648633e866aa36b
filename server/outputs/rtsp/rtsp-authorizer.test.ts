import { beforeEach, describe, expect, test } from 'vitest';
import { ConfiguredLogins } from '../../auth/configured-logins.ts';
import { LoginThrottle } from '../../auth/login-throttle.ts';
import type { Principal } from '../../auth/principal.ts';
import { Rights } from '../../auth/rights.ts';
import { hashToken } from '../../auth/token.ts';
import { testRight } from '../../hub/testing/test-right.ts';
import { systemClock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { createRtspAuthorizer } from './rtsp-authorizer.ts';
import type { RtspAuthorizer } from './rtsp-login.ts';

const TOKEN = { name: 'frigate', role: 'viewer', token: 'a-token-of-the-config' } as const;
const NVR = { name: 'nvr', password: 'recorder', cameras: ['front'] };
const SHARE = 'a-token-of-a-share';
const HOME = '192.0.2.1';
const principal = (who: string): Principal => ({
  kind: 'token',
  who,
  role: 'viewer',
  right: testRight('token', who),
  cameras: 'all',
  mayListen: true,
  qualityCeiling: 'main',
});
let nowMs = 0;
let refused: string[];
let configured: ConfiguredLogins;
let authorizer: RtspAuthorizer;

beforeEach(() => {
  refused = [];
  configured = new ConfiguredLogins(new Rights(systemClock), { tokens: [TOKEN], rtspUsers: [NVR] });
  authorizer = createRtspAuthorizer({
    configured,
    identifyToken: (token) => {
      const found = configured.byToken(hashToken(token));
      if (found) return found;
      if (token === SHARE) return principal('Neighbour');
      throw new GatewayError('not-signed-in', 'This token is not valid.');
    },
    signIn: async (name) => principal(name),
    throttle: new LoginThrottle(),
    refused: (name) => void refused.push(name),
    nowMs: () => nowMs,
  });
});

describe('signing in', () => {
  test('a user of the config can only see its cameras', async () => {
    const found = await authorizer.signIn('nvr', 'recorder', HOME);
    expect(found).toMatchObject({ who: 'nvr', cameras: new Set(['front']) });
    expect(authorizer.digestSecrets('nvr')).toEqual([{ password: 'recorder', principal: found }]);
  });

  test.each(['token', 'frigate'])('a token as %s signs in, with Digest if it is in the config', async (name) => {
    expect(await authorizer.signIn(name, TOKEN.token, HOME)).toMatchObject({ who: 'frigate' });
    expect(authorizer.digestSecrets(name).map(({ password }) => password)).toEqual([TOKEN.token]);
  });

  test('a token of the store signs in with the name token or its own name, and with no other', async () => {
    expect(await authorizer.signIn('token', SHARE, HOME)).toMatchObject({ who: 'Neighbour', kind: 'token' });
    expect((await authorizer.signIn('Neighbour', SHARE, HOME)).right.id).toBe('Neighbour');
    // This is checked with the accounts, which accept everybody in this test.
    expect((await authorizer.signIn('anna', SHARE, HOME)).right.id).toBe('anna');
  });

  test('other names are checked with the accounts, by Basic only, even the name of a token', async () => {
    expect(await authorizer.signIn('anna', 'x', HOME)).toMatchObject({ who: 'anna' });
    expect(authorizer.digestSecrets('anna')).toEqual([]);
    expect((await authorizer.signIn('frigate', 'x', HOME)).right.id).toBe('frigate');
  });

  test('entries that are removed from the config no longer sign in, and the others are not affected', async () => {
    const [nvr, frigate] = [
      await authorizer.signIn('nvr', 'recorder', HOME),
      await authorizer.signIn('token', TOKEN.token, HOME),
    ];
    configured.configure({ tokens: [TOKEN], rtspUsers: [{ ...NVR, password: 'another' }] });
    expect([nvr.right.ended?.code, frigate.right.ended]).toEqual(['not-signed-in', undefined]);
    await expect(authorizer.signIn('nvr', 'recorder', HOME)).rejects.toMatchObject({ code: 'not-signed-in' });
    expect(await authorizer.signIn('nvr', 'another', HOME)).toMatchObject({ who: 'nvr' });
    configured.configure({ tokens: [], rtspUsers: [] });
    expect(frigate.right.ended?.code).toBe('not-signed-in');
    // Links and tokens of the dashboard do not depend on the config.
    expect(await authorizer.signIn('token', SHARE, HOME)).toMatchObject({ who: 'Neighbour' });
    expect(authorizer.offersDigest(HOME)).toBe(false);
  });
});

test('a client whose name cannot use Digest is not offered it when it comes back, but others are', () => {
  expect(authorizer.offersDigest(`${HOME} gortsplib`)).toBe(true);
  authorizer.cannotDigest(`${HOME} gortsplib`);
  expect(authorizer.offersDigest(`${HOME} gortsplib`)).toBe(false);
  expect(authorizer.offersDigest(`${HOME} Lavf`)).toBe(true);
  nowMs += 60_000;
  expect(authorizer.offersDigest(`${HOME} gortsplib`)).toBe(true);
});

describe('guessing', () => {
  test.each([
    ['nvr', 'wrong'],
    ['token', 'wrong'],
  ])('%s is slowed down, and heard again later', async (name, password) => {
    const guess = (): Promise<unknown> => authorizer.signIn(name, password, HOME).catch(({ code }) => code);
    const codes: unknown[] = [];
    for (let attempt = 0; attempt < 8; attempt++) codes.push(await guess());
    expect(codes.slice(0, 5)).toEqual(new Array(5).fill('not-signed-in'));
    expect(codes.at(-1)).toBe('too-many-requests');
    expect(authorizer.isHeldOff(name, HOME)).toBe(true);
    expect(authorizer.isHeldOff(name, '192.0.2.2')).toBe(false);
    expect(authorizer.isHeldOff('another', HOME)).toBe(false);
    // Only attempts that were checked are recorded; otherwise guesses could push everything else out of the log.
    expect(refused).toEqual(new Array(5).fill(name));
    nowMs += 120_000;
    expect(await authorizer.signIn('nvr', 'recorder', HOME)).toMatchObject({ who: 'nvr' });
  });

  test('a recorder that signs in again and again is never slowed down', async () => {
    for (let attempt = 0; attempt < 100; attempt++) await authorizer.signIn('nvr', 'recorder', HOME);
    expect(authorizer.isHeldOff('nvr', HOME)).toBe(false);
  });

  test('locks out neither a recorder that signed in from there before, nor anybody with a token that the gateway made', async () => {
    await authorizer.signIn('nvr', 'recorder', HOME);
    await authorizer.signIn('frigate', TOKEN.token, HOME);
    for (const name of ['nvr', 'token', 'frigate'])
      for (let n = 0; n < 30; n++) await authorizer.signIn(name, `guess ${n}`, HOME).catch(() => {});
    expect(await authorizer.signIn('nvr', 'recorder', HOME)).toMatchObject({ who: 'nvr' });
    expect(await authorizer.signIn('token', SHARE, HOME)).toMatchObject({ who: 'Neighbour' });
    expect(await authorizer.signIn('frigate', TOKEN.token, HOME)).toMatchObject({ who: 'frigate' });
    await expect(authorizer.signIn('nvr', 'a guess', HOME)).rejects.toMatchObject({ code: 'too-many-requests' });
  });
});
