import { beforeEach, describe, expect, test } from 'vitest';
import { LoginThrottle } from '../../auth/login-throttle.ts';
import type { Principal } from '../../auth/principal.ts';
import { Rights } from '../../auth/rights.ts';
import { testRight } from '../../hub/testing/test-right.ts';
import { systemClock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { createRtspAuthorizer } from './rtsp-authorizer.ts';
import type { RtspAuthorizer } from './rtsp-login.ts';

const TOKEN = 'a-token-of-the-config';
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
let authorizer: RtspAuthorizer;

beforeEach(() => {
  authorizer = createRtspAuthorizer({
    users: [{ name: 'nvr', password: 'recorder', cameras: ['front'] }],
    tokens: [TOKEN],
    identifyToken: (token) => {
      if (token === TOKEN || token === SHARE) return principal(token);
      throw new GatewayError('not-signed-in', 'This token is not valid.');
    },
    signIn: async (name) => principal(name),
    rights: new Rights(systemClock),
    throttle: new LoginThrottle(),
    wallMs: () => nowMs,
  });
});

describe('who may come in', () => {
  test('a user of the config sees its cameras only', async () => {
    const found = await authorizer.signIn('nvr', 'recorder', HOME);
    expect(found).toMatchObject({ who: 'nvr', cameras: new Set(['front']) });
    expect(authorizer.digestSecrets('nvr')).toEqual([{ password: 'recorder', principal: found }]);
  });

  test('the name token with a token, by Digest where the config holds it', async () => {
    expect(await authorizer.signIn('token', TOKEN, HOME)).toMatchObject({ who: TOKEN });
    expect(await authorizer.signIn('token', SHARE, HOME)).toMatchObject({ who: SHARE });
    expect(authorizer.digestSecrets('token').map(({ password }) => password)).toEqual([TOKEN]);
  });

  test('everybody else is asked of the accounts, by Basic only', async () => {
    expect(await authorizer.signIn('anna', 'x', HOME)).toMatchObject({ who: 'anna' });
    expect(authorizer.digestSecrets('anna')).toEqual([]);
  });
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
    expect(authorizer.isHeldOff(HOME)).toBe(true);
    expect(authorizer.isHeldOff('192.0.2.2')).toBe(false);
    nowMs += 120_000;
    expect(await authorizer.signIn('nvr', 'recorder', HOME)).toMatchObject({ who: 'nvr' });
  });

  test('a recorder that signs in again and again is never slowed down', async () => {
    for (let attempt = 0; attempt < 100; attempt++) await authorizer.signIn('nvr', 'recorder', HOME);
    expect(authorizer.isHeldOff(HOME)).toBe(false);
  });
});
