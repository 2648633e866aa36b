import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionView, SignedInView, TokenCreated, UserView } from '../../../shared/api.ts';
import type { ShareCreated, ShareView } from '../../../shared/share-link.ts';
import {
  CONFIG_TOKEN,
  call,
  cookieOf,
  PASSWORD,
  startTestGateway,
  type TestGateway,
  watch,
} from '../testing/test-gateway.ts';

let gateway: TestGateway;
let admin: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.addUser('admin', 'admin');
  admin = await gateway.signIn('admin');
});
afterAll(() => gateway.stop());

const whoAmI = (cookie: string) => call(gateway, 'GET', '/api/session', { cookie });

describe('signing in', () => {
  test('the cookie is out of reach of scripts and other sites', async () => {
    const { headers } = await call(gateway, 'POST', '/api/session', { body: { name: 'ADMIN', password: PASSWORD } });
    const cookies = headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/; .*HttpOnly; SameSite=Strict$/);
  });

  test('over HTTPS it is also bound to this host', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    const answer = await call(gateway, 'POST', '/api/session', {
      headers,
      body: { name: 'admin', password: PASSWORD },
    });
    for (const cookie of answer.headers.getSetCookie()) expect(cookie).toMatch(/^__Host-oriel_.*; HttpOnly; Secure;/);
    expect(answer.headers.get('strict-transport-security')).toContain('max-age=');
  });

  test.each([
    ['a wrong password', { name: 'admin', password: 'wrong' }],
    ['a name that does not exist', { name: 'nobody', password: PASSWORD }],
  ])('%s is refused in the same words', async (_name, body) => {
    const answer = await call(gateway, 'POST', '/api/session', { body });
    expect(answer.body).toEqual({ error: { code: 'not-signed-in', message: 'The name or the password is wrong.' } });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test('somebody who guesses from one address has to wait, and others do not', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    const guess = () => call(gateway, 'POST', '/api/session', { headers, body: { name: 'admin', password: 'wrong' } });
    for (let n = 0; n < 5; n++) expect((await guess()).code).toBe('not-signed-in');
    const refused = await guess();
    expect(refused.code).toBe('too-many-requests');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const right = { name: 'admin', password: PASSWORD };
    expect((await call(gateway, 'POST', '/api/session', { headers, body: right })).code).toBe('too-many-requests');
    expect((await call(gateway, 'POST', '/api/session', { body: right })).status).toBe(200);
    // The browser that the owner used before can sign in even from the attacker's address.
    expect((await call(gateway, 'POST', '/api/session', { headers, cookie: admin, body: right })).status).toBe(200);
  });

  test('inventing addresses does not help a guesser, because behind a trusted proxy only the proxy’s value counts', async () => {
    const guess = (n: number) => {
      const headers = { 'x-forwarded-for': `198.51.100.${n}, 203.0.113.10` };
      return call(gateway, 'POST', '/api/session', { headers, body: { name: 'admin', password: 'wrong' } });
    };
    for (let n = 0; n < 5; n++) expect((await guess(n)).code).toBe('not-signed-in');
    expect((await guess(6)).code).toBe('too-many-requests');
  });

  test('a password typed as the name is not recorded', async () => {
    await call(gateway, 'POST', '/api/session', { body: { name: 'my-secret-password', password: '' } });
    expect(JSON.stringify(gateway.store.audit.list(10))).not.toContain('my-secret-password');
  });
});

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the first start', () => {
  test('a link signs the owner in once; name and password follow', async () => {
    const fresh = await startTestGateway();
    const link = fresh.auth.signIns.createFirstLink();
    // Programs that only fetch it (a preview in a chat, a mail scanner) do not use it up.
    for (const method of ['HEAD', 'GET']) {
      const looked = await fetch(`${fresh.origin}/setup/${link}`, { method, redirect: 'manual' });
      expect([looked.status, looked.headers.getSetCookie()]).toEqual([200, []]);
    }
    const follow = () =>
      fetch(`${fresh.origin}/api/session/link`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ link }) });
    const answer = await follow();
    expect(answer.status).toBe(200);
    const cookie = cookieOf(answer);
    expect((await call(fresh, 'GET', '/api/session', { cookie })).body).toMatchObject({
      role: 'admin',
      needsPassword: true,
    });
    const again = await follow();
    expect(again.status).toBe(401);
    expect(again.headers.getSetCookie()).toEqual([]);
    // A restart before the password is set prints another link: the owner is never locked out.
    expect(fresh.auth.signIns.createFirstLink()).toBeDefined();
    const body = { name: 'Ann', password: PASSWORD };
    const changed = (await call(fresh, 'PATCH', '/api/account', { cookie, body })).body as SessionView;
    expect(changed).toMatchObject({ name: 'Ann', needsPassword: false });
    expect(fresh.auth.signIns.createFirstLink()).toBeUndefined();
    expect((await call(fresh, 'POST', '/api/session', { body })).status).toBe(200);
    await fresh.stop();
  });
});

describe('the own account', () => {
  test('a new password needs the old one, and signs the other browsers out', async () => {
    await gateway.addUser('carla', 'viewer');
    const [here, there] = [await gateway.signIn('carla'), await gateway.signIn('carla')];
    const page = gateway.openPage({ cookie: there });
    await new Promise((resolve) => page.once('connect', () => resolve(undefined)));
    const ended = new Promise((resolve) => page.once('session-ended', resolve));
    const body = { password: 'another long password', currentPassword: 'wrong' };
    expect((await call(gateway, 'PATCH', '/api/account', { cookie: here, body })).code).toBe('not-allowed');
    const right = { ...body, currentPassword: PASSWORD };
    expect((await call(gateway, 'PATCH', '/api/account', { cookie: here, body: right })).status).toBe(200);
    await ended;
    expect((await whoAmI(there)).status).toBe(401);
    expect((await whoAmI(here)).status).toBe(200);
  });

  test('a short password is refused in a sentence', async () => {
    const answer = await call(gateway, 'PATCH', '/api/account', { cookie: admin, body: { password: 'short' } });
    expect(answer.body).toMatchObject({ error: { message: expect.stringContaining('at least 10 characters') } });
  });

  test('signing out ends the session, not only the cookie', async () => {
    const cookie = await gateway.signIn('admin');
    expect((await call(gateway, 'DELETE', '/api/session', { cookie })).status).toBe(204);
    expect((await whoAmI(cookie)).status).toBe(401);
  });

  test('only administrators can end the sign-ins of others', async () => {
    await gateway.addUser('dora', 'operator');
    const cookie = await gateway.signIn('dora');
    const [mine] = (await call(gateway, 'GET', '/api/sessions', { cookie: admin })).body as SignedInView[];
    expect((await call(gateway, 'DELETE', `/api/sessions/${mine?.id}`, { cookie })).code).toBe('not-found');
    expect((await call(gateway, 'GET', '/api/sessions?of=everybody', { cookie })).code).toBe('not-allowed');
    const all = (await call(gateway, 'GET', '/api/sessions?of=everybody', { cookie: admin })).body as SignedInView[];
    const hers = all.find(({ user }) => user === 'dora');
    expect((await call(gateway, 'DELETE', `/api/sessions/${hers?.id}`, { cookie: admin })).status).toBe(204);
    expect((await whoAmI(cookie)).status).toBe(401);
  });
});

describe('accounts', () => {
  test('a change of rights ends what the person watches and signs the person out', async () => {
    const eve = await gateway.addUser('eve', 'viewer');
    const cookie = await gateway.signIn('eve');
    const page = gateway.openPage({ cookie });
    await watch(page, 'door');
    const ended = new Promise((resolve) => page.once('viewer-ended', resolve));
    const changed = await call(gateway, 'PATCH', `/api/users/${eve.id}`, {
      cookie: admin,
      body: { cameras: ['yard'] },
    });
    expect((changed.body as UserView).cameras).toEqual(['yard']);
    await ended;
    expect((await whoAmI(cookie)).status).toBe(401);
    const again = await gateway.signIn('eve');
    expect((await call(gateway, 'GET', '/api/cameras/door', { cookie: again })).code).toBe('not-allowed');
  });

  test('no hash leaves the server', async () => {
    const { body } = await call(gateway, 'GET', '/api/users', { cookie: admin });
    expect(JSON.stringify(body)).not.toMatch(/scrypt|passwordHash/);
  });
});

describe('machines', () => {
  test('a token of the configuration has its role and no account', async () => {
    const { body } = await call(gateway, 'GET', '/api/session', { token: CONFIG_TOKEN });
    expect(body).toMatchObject({ kind: 'token', name: 'home-assistant', role: 'viewer', needsPassword: false });
    expect((await call(gateway, 'GET', '/api/sessions', { token: CONFIG_TOKEN })).code).toBe('not-allowed');
  });

  test('a token made here is valid for what it says until it is revoked, and is shown once', async () => {
    const body = { name: 'robot', role: 'viewer', cameras: ['door'] };
    const made = (await call(gateway, 'POST', '/api/tokens', { cookie: admin, body })).body as TokenCreated;
    expect((await call(gateway, 'GET', '/api/cameras/door', { token: made.token })).status).toBe(200);
    expect((await call(gateway, 'GET', '/api/cameras/yard', { token: made.token })).code).toBe('not-allowed');
    expect(JSON.stringify((await call(gateway, 'GET', '/api/tokens', { cookie: admin })).body)).not.toContain(
      made.token,
    );
    await call(gateway, 'DELETE', `/api/tokens/${made.view.id}`, { cookie: admin });
    expect((await call(gateway, 'GET', '/api/cameras/door', { token: made.token })).code).toBe('not-signed-in');
  });

  test('a page of another site may use a token that it knows, because that is no forgery', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    const answer = await call(gateway, 'POST', '/api/cameras/door/retry', { token: CONFIG_TOKEN, headers });
    expect(answer.status).toBe(204);
  });

  test('when a token is removed from the configuration, everything watched with it ends', async () => {
    const token = 'a-token-that-will-leave';
    const stays = { name: 'stays', role: 'viewer', token: CONFIG_TOKEN } as const;
    gateway.auth.configured.configure({ tokens: [stays, { name: 'leaves', role: 'viewer', token }] });
    const [page, other] = [gateway.openPage({}, { token }), gateway.openPage({}, { token: CONFIG_TOKEN })];
    await Promise.all([watch(page, 'door'), watch(other, 'door')]);
    const ended = new Promise((resolve) => page.once('viewer-ended', resolve));
    gateway.auth.configured.configure({ tokens: [stays] });
    await ended;
    expect(gateway.hub.viewers().map(({ who }) => who)).toEqual(['stays']);
  });
});

describe('what somebody made', () => {
  const make = async (cookie: string, name: string) => {
    const link = await call(gateway, 'POST', '/api/shares', { cookie, body: { camera: 'door', label: name } });
    const token = await call(gateway, 'POST', '/api/tokens', { cookie, body: { name, role: 'admin' } });
    return { link: (link.body as ShareCreated).token, token: (token.body as TokenCreated).token };
  };
  const codeOf = async (token: string) => (await call(gateway, 'GET', '/api/cameras/door', { token })).code;
  const remove = (id: string, query = '') => call(gateway, 'DELETE', `/api/users/${id}${query}`, { cookie: admin });

  test('ends with the account, whoever uses it, and what was made with those ends too', async () => {
    const { id } = await gateway.addUser('frank', 'admin');
    const { link, token } = await make(await gateway.signIn('frank'), 'of frank');
    const made = await call(gateway, 'POST', '/api/shares', { token, body: { camera: 'door', label: 'of the token' } });
    const second = (made.body as ShareCreated).token;
    const users = (await call(gateway, 'GET', '/api/users', { cookie: admin })).body as UserView[];
    expect(users.find((user) => user.id === id)?.made).toEqual({ links: 1, tokens: 1 });
    const page = gateway.openPage({}, { token: link });
    await watch(page, 'door');
    const ended = new Promise((resolve) => page.once('viewer-ended', resolve));
    expect((await remove(id)).status).toBe(204);
    expect(await ended).toMatchObject({ code: 'share-revoked' });
    expect(await Promise.all([link, second, token].map(codeOf))).toEqual([
      'share-revoked',
      'share-revoked',
      'not-signed-in',
    ]);
    // In the store as well: a restart brings none of it back.
    const states = gateway.store.shares.list().filter(({ label }) => ['of frank', 'of the token'].includes(label));
    expect(states.map(({ revokedAt }) => typeof revokedAt)).toEqual(['number', 'number']);
    expect(gateway.store.tokens.list().filter(({ name }) => name === 'of frank')).toEqual([]);
  });

  test('continues without interruption when it is given to somebody who could have made it', async () => {
    const { id } = await gateway.addUser('gina', 'admin');
    const operator = await gateway.addUser('henry', 'operator');
    const heir = await gateway.addUser('ida', 'admin');
    const { link, token } = await make(await gateway.signIn('gina'), 'of gina');
    const page = gateway.openPage({}, { token: link });
    const seen: unknown[] = [];
    page.on('viewer-ended', (event) => seen.push(event));
    await watch(page, 'door');
    expect((await remove(id, `?handTo=${operator.id}`)).code).toBe('bad-request');
    expect((await remove(id, `?handTo=${id}`)).code).toBe('bad-request');
    expect((await remove(id, `?handTo=${heir.id}`)).status).toBe(204);
    expect(await Promise.all([link, token].map(codeOf))).toEqual([undefined, undefined]);
    const shares = (await call(gateway, 'GET', '/api/shares', { cookie: admin })).body as ShareView[];
    expect(shares.find(({ label }) => label === 'of gina')?.createdBy).toBe('ida');
    // The page still gets events, because it is the same viewer.
    expect(await page.emitWithAck('ice-servers')).toMatchObject({ ok: true });
    expect(seen).toEqual([]);
    await remove(heir.id);
    expect(await codeOf(link)).toBe('share-revoked');
  });

  test('a token ends after a year unless somebody says otherwise', async () => {
    const life = async (more: object) => {
      const body = { name: 'life', role: 'viewer', ...more };
      const made = (await call(gateway, 'POST', '/api/tokens', { cookie: admin, body })).body as TokenCreated;
      return made.view.expiresAt === undefined
        ? undefined
        : Math.round((made.view.expiresAt - Date.now()) / 86_400_000);
    };
    expect([await life({}), await life({ expiresAt: null })]).toEqual([365, undefined]);
    expect(await life({ expiresAt: Date.now() + 86_400_000 })).toBe(1);
  });
});
