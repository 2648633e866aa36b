import type { IRouter } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClientToServerEvents } from '../../../shared/events.ts';
import type { CameraId } from '../../../shared/ids.ts';
import { refusal } from '../../auth/access.ts';
import type { Action, Principal } from '../../auth/principal.ts';
import { createToken, hashToken } from '../../auth/token.ts';
import { testRight } from '../../hub/testing/test-right.ts';
import type { AnsweredEvent } from '../live/socket-event.ts';
import { socketEvents } from '../live/socket-events.ts';
import { MEDIA_ROUTES } from '../media/media-routes.ts';
import { openApiPath } from '../openapi.ts';
import { call, startTestGateway, type TestGateway, viewerIn, watch } from '../testing/test-gateway.ts';

/** The routes that everybody may use. A new open route must be added here on purpose, so that no check is forgotten. */
const PUBLIC = [
  'get /healthz',
  'get /readyz',
  'get /api/openapi.json',
  'post /api/session',
  'post /api/session/link',
  'get /api/share',
  'get /embed/:id',
  'get /s/:token',
  'get /{*page}',
];

type Endpoint = { readonly method: string; readonly path: string };
type Layer = {
  readonly route?: { readonly path: string; readonly stack: readonly { readonly method: string }[] };
  readonly handle: { readonly stack?: readonly Layer[] };
};

/** Every route that the running server knows, injected routers included. */
function endpoints(layers: readonly Layer[]): Endpoint[] {
  return layers.flatMap(({ route, handle }) => {
    if (!route) return handle.stack ? endpoints(handle.stack) : [];
    return [...new Set(route.stack.map(({ method }) => method))].map((method) => ({ method, path: route.path }));
  });
}

let gateway: TestGateway;
let guarded: (Endpoint & { readonly address: string; readonly needs: Action })[];
const who: Record<'admin' | 'viewer' | 'yardOnly' | 'expiredSession', string> = {} as never;
const links: Record<'door' | 'expired' | 'revoked', string> = {} as never;

async function makeLink(camera: string, expiresAt?: number): Promise<{ id: string; token: string }> {
  const token = createToken('share');
  const limits = { label: camera, createdBy: 'admin', audio: true, quality: 'main' } as const;
  const expiry = expiresAt === undefined ? {} : { expiresAt };
  const { id } = gateway.store.shares.add({ camera, ...limits, ...expiry }, hashToken(token), Date.now());
  return { id, token };
}

beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.addUser('admin', 'admin');
  await gateway.addUser('viewer', 'viewer');
  await gateway.addUser('yardOnly', 'operator', ['yard']);
  const old = await gateway.addUser('old', 'admin');
  who.admin = await gateway.signIn('admin');
  who.viewer = await gateway.signIn('viewer');
  who.yardOnly = await gateway.signIn('yardOnly');
  who.expiredSession = await gateway.signIn('old');
  for (const { id } of gateway.store.sessions.list(old.id)) gateway.store.sessions.touch(id, 1);
  links.door = (await makeLink('door')).token;
  links.expired = (await makeLink('door', Date.now() - 1)).token;
  const revoked = await makeLink('door');
  gateway.store.shares.revoke(revoked.id, Date.now());
  links.revoked = revoked.token;

  const description = (await call(gateway, 'GET', '/api/openapi.json')).body as {
    paths: Record<string, Record<string, { 'x-needs'?: Action }>>;
  };
  const stack = (gateway.server.app.router as unknown as IRouter & { stack: readonly Layer[] }).stack;
  guarded = endpoints(stack)
    .filter(({ method, path }) => !PUBLIC.includes(`${method} ${path}`))
    .map(({ method, path }) => {
      const needs = path === '/metrics' ? 'see-metrics' : description.paths[openApiPath(path)]?.[method]?.['x-needs'];
      if (!needs) throw new Error(`${method} ${path} is not in the API's description`);
      const address = path.replace(':id', 'door').replace(/:\w+/g, 'some-id');
      return { method: method.toUpperCase(), path, address, needs };
    });
});
afterAll(async () => {
  await gateway.stop();
});

test('the routes under test are all that the API describes', () => {
  const tested = new Set(guarded.map(({ method, path }) => `${method.toLowerCase()} ${path}`));
  for (const { method, path } of MEDIA_ROUTES) expect(tested).toContain(`${method} ${path}`);
});

async function answers(
  endpoint: { method: string; address: string },
  options: Parameters<typeof call>[3],
): Promise<string> {
  const body = endpoint.method === 'GET' ? {} : { body: {} };
  const { status, code } = await call(gateway, endpoint.method, endpoint.address, { ...body, ...options });
  return `${endpoint.method} ${endpoint.address} ${status} ${code}`;
}

async function expectAll(
  options: Parameters<typeof call>[3],
  expected: string,
  chosen: (endpoint: (typeof guarded)[number]) => boolean = () => true,
): Promise<void> {
  const asked = guarded.filter(chosen);
  expect(asked.length).toBeGreaterThan(0);
  for (const endpoint of asked) {
    expect(await answers(endpoint, options)).toBe(`${endpoint.method} ${endpoint.address} ${expected}`);
  }
}

/** Whether the central access decision allows such a caller to do this. */
function isForbidden(role: Principal['role'], kind: Principal['kind'], action: Action): boolean {
  const rights = {
    right: testRight(),
    mayListen: true,
    qualityCeiling: 'main',
    cameras: new Set(['door' as CameraId]),
  } as const;
  return refusal({ kind, who: 'x', role, ...rights }, action, 'door' as CameraId) !== undefined;
}

describe('every route refuses', () => {
  test('callers who are not signed in', () => expectAll({}, '401 not-signed-in'));
  test('a token that does not exist', () => expectAll({ token: createToken('api') }, '401 not-signed-in'));
  test('an unknown token, even if the browser is signed in', () =>
    expectAll({ cookie: who.admin, token: 'oriel_share_x' }, '401 not-signed-in'));
  test('a session that was unused for a month', () => expectAll({ cookie: who.expiredSession }, '401 not-signed-in'));
  test('an expired link', () => expectAll({ token: links.expired }, '401 share-expired'));
  test('a revoked link', () => expectAll({ token: links.revoked }, '401 share-revoked'));
  test('a viewer everything that needs a higher role', () =>
    expectAll({ cookie: who.viewer }, '403 not-allowed', ({ needs }) => isForbidden('viewer', 'user', needs)));
  test('a link everything but its picture', () =>
    expectAll({ token: links.door }, '403 not-allowed', ({ needs }) => isForbidden('viewer', 'share', needs)));
  test('a camera that the right does not include', () =>
    expectAll({ cookie: who.yardOnly }, '403 not-allowed', ({ path }) => path.startsWith('/api/cameras/:id')));
  test('a page of another site', () =>
    expectAll(
      { cookie: who.admin, headers: { origin: 'https://evil.example' } },
      '403 not-allowed',
      ({ method }) => method !== 'GET',
    ));
  test('a page of another site, as newer browsers say it', () =>
    expectAll(
      { cookie: who.admin, headers: { 'sec-fetch-site': 'same-site' } },
      '403 not-allowed',
      ({ method }) => method !== 'GET',
    ));
});

test('a link to the door reveals nothing about the yard, not even whether it exists', async () => {
  for (const id of ['yard', 'no-such-camera']) {
    expect((await call(gateway, 'GET', `/api/cameras/${id}`, { token: links.door })).code).toBe('not-allowed');
  }
  const { body } = await call(gateway, 'GET', '/api/cameras', { token: links.door });
  expect((body as { id: string }[]).map(({ id }) => id)).toEqual(['door']);
});

describe('every socket event refuses', () => {
  const table = socketEvents({} as never);
  const names = Object.keys(table) as AnsweredEvent[];
  const REQUEST = { camera: 'door', quality: 'main', offer: '', viewer: 'x', talk: 'x', probe: 'x', candidate: {} };

  const ask = async (page: ReturnType<TestGateway['openPage']>, name: AnsweredEvent): Promise<string> => {
    const values = name === 'ice-servers' ? [] : [REQUEST];
    const send = page.emitWithAck.bind(page) as (
      event: keyof ClientToServerEvents,
      ...rest: unknown[]
    ) => Promise<{ ok: boolean; error?: { code: string } }>;
    const reply = await send(name, ...values);
    return reply.ok ? 'ok' : (reply.error?.code ?? '');
  };

  const refused = (page: ReturnType<TestGateway['openPage']>): Promise<string> =>
    new Promise((resolve) => {
      page.once('connect', () => resolve('connected'));
      page.once('connect_error', (error) =>
        resolve((error as { data?: { code: string } }).data?.code ?? error.message),
      );
    });

  test.each([
    ['nobody', {}, {}, 'not-signed-in'],
    ['an unknown token', {}, { token: 'oriel_api_x' }, 'not-signed-in'],
    ['an expired link', {}, () => ({ token: links.expired }), 'share-expired'],
    ['a revoked link', {}, () => ({ token: links.revoked }), 'share-revoked'],
    ['an expired session', () => ({ cookie: who.expiredSession }), {}, 'not-signed-in'],
    ['a page of another site', () => ({ cookie: who.admin, origin: 'https://evil.example' }), {}, 'websocket error'],
  ])('the connection of %s', async (_name, headers, auth, expected) => {
    const made = (value: object | (() => object)) =>
      (typeof value === 'function' ? value() : value) as Record<string, string>;
    expect(await refused(gateway.openPage(made(headers), made(auth)))).toBe(expected);
  });

  test('a session that was ended a moment ago', async () => {
    const user = await gateway.addUser('leaver', 'admin');
    const page = gateway.openPage({ cookie: await gateway.signIn('leaver') });
    expect(await refused(page)).toBe('connected');
    for (const { id } of gateway.store.sessions.list(user.id)) gateway.store.sessions.remove(id);
    for (const name of names) expect([name, await ask(page, name)]).toEqual([name, 'not-signed-in']);
  });

  test('a link that was revoked a moment ago', async () => {
    const { id, token } = await makeLink('door');
    const page = gateway.openPage({}, { token });
    expect(await refused(page)).toBe('connected');
    gateway.store.shares.revoke(id, Date.now());
    for (const name of names) expect([name, await ask(page, name)]).toEqual([name, 'share-revoked']);
  });

  test.each(['user', 'share'] as const)('what the role of a %s does not allow', async (kind) => {
    const page =
      kind === 'user' ? gateway.openPage({ cookie: who.viewer }) : gateway.openPage({}, { token: links.door });
    const forbidden = names.filter((name) => isForbidden('viewer', kind, table[name].access));
    expect(forbidden.length).toBeGreaterThan(0);
    for (const name of forbidden) expect([name, await ask(page, name)]).toEqual([name, 'not-allowed']);
  });

  test('a camera that the right does not include', async () => {
    const page = gateway.openPage({ cookie: who.yardOnly });
    const aboutCamera = names.filter((name) => name !== 'ice-servers');
    for (const name of aboutCamera) expect([name, await ask(page, name)]).toEqual([name, 'not-allowed']);
  });

  test('a viewer that another page opened', async () => {
    const [mine, yours] = [gateway.openPage({ cookie: who.admin }), gateway.openPage({ cookie: who.admin })];
    const viewer = viewerIn(await watch(mine, 'door'));
    expect((await yours.emitWithAck('unwatch', { viewer })).ok).toBe(false);
    expect((await mine.emitWithAck('unwatch', { viewer })).ok).toBe(true);
  });
});
