import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ErrorBody } from '../../../shared/api.ts';
import { CONFIG_TOKEN, call, startTestGateway, type TestGateway, testCamera } from '../testing/test-gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ embedOrigins: ['https://intranet.example'] });
  gateway.cameras.configure([
    testCamera('door', { embedOrigins: ['https://shop.example'] }),
    testCamera('yard'),
    testCamera('shed', { embedOrigins: ['https://a;script-src'] }),
  ]);
});
afterAll(() => gateway.stop());

const get = (path: string, headers: Record<string, string> = {}) => call(gateway, 'GET', path, { headers });
const ancestors = (headers: Headers) =>
  /frame-ancestors ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1];

test.each([
  ['/', 'dashboard', "'none'"],
  ['/cameras/door', 'dashboard', "'none'"],
  ['/account/people', 'dashboard', "'none'"],
  ['/index.html', 'dashboard', "'none'"],
  ['/embed.html', 'embed', "'none'"],
  ['/s/oriel_share_x', 'embed', "'none'"],
  ['/embed/door', 'embed', "'self' https://intranet.example https://shop.example"],
  ['/embed/yard', 'embed', "'self' https://intranet.example"],
  ['/embed/shed', 'embed', "'self' https://intranet.example"],
  ['/embed/nowhere', 'embed', "'self' https://intranet.example"],
])('%s is the %s page, to be framed by %s', async (path, title, expected) => {
  const { status, body, headers } = await get(path);
  expect([status, body]).toEqual([200, `<title>${title}</title>`]);
  expect(ancestors(headers)).toBe(expected);
});

test.each(['/', '/embed/door', '/s/oriel_share_x'])(
  'who opens %s may want to see a camera: what viewers need is loaded meanwhile',
  async (path) => {
    const idle = await startTestGateway();
    try {
      for (const other of ['/api/health', '/assets/none.js']) await call(idle, 'GET', other);
      expect(idle.webrtc.isPrepared).toBe(false);
      await call(idle, 'GET', path);
      await vi.waitFor(() => expect(idle.webrtc.isPrepared).toBe(true));
    } finally {
      await idle.stop();
    }
  },
);

test.each([
  [undefined, 'dashboard'],
  ['en-GB', 'dashboard'],
  ['de-AT,de;q=0.9,en;q=0.8', 'Übersicht'],
  ['fr-FR,en;q=0.9,de;q=0.8', 'dashboard'],
  ['fr', 'dashboard'],
  ['../../../etc', 'dashboard'],
])('whoever reads %s gets the page in a language of theirs, or in English', async (language, title) => {
  const { body, headers } = await get('/', language === undefined ? {} : { 'accept-language': language });
  expect(body).toBe(`<title>${title}</title>`);
  expect(headers.get('vary')?.toLowerCase()).toContain('accept-language');
});

test('a file of either language is served to everybody who names it', async () => {
  for (const file of ['app-en-1a2b.js', 'app-de-1a2b.js']) {
    expect((await get(`/assets/${file}`, { 'accept-language': 'de' })).status).toBe(200);
  }
});

test('a page can load nothing from elsewhere and no inline script', async () => {
  const { headers } = await get('/');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('x-powered-by')).toBeNull();
});

test('a page is asked for anew, its files with a hash in their names never again', async () => {
  expect((await get('/')).headers.get('cache-control')).toBe('no-cache');
  const asset = await get('/assets/app-en-1a2b.js');
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get('/assets/gone-1a2b.js')).code).toBe('not-found');
});

test.each(['/assets/../../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/%2e%2e/package.json', '/.env'])(
  'no file outside of the web is served: %s',
  async (path) => {
    expect(String((await get(path)).body)).not.toContain('"name"');
  },
);

test('what is not there under /api is said as JSON', async () => {
  expect((await get('/api/nothing')).code).toBe('not-found');
  expect((await get('/agents')).code).toBe('not-found');
});

test.each([
  ['no JSON', { 'content-type': 'application/json' }, '{', 400, 'bad-request'],
  ['not JSON', { 'content-type': 'text/plain' }, '{}', 400, 'bad-request'],
  ['too large', { 'content-type': 'application/json' }, JSON.stringify({ name: 'x'.repeat(70_000) }), 413, 'too-large'],
  [
    'a field too many',
    { 'content-type': 'application/json' },
    '{"name":"a","password":"b","admin":true}',
    400,
    'bad-request',
  ],
])('a body that is %s', async (_name, headers, body, status, code) => {
  const answer = await fetch(`${gateway.origin}/api/session`, { method: 'POST', headers, body });
  expect([answer.status, ((await answer.json()) as ErrorBody).error.code]).toEqual([status, code]);
});

describe('a player on another site', () => {
  const origin = 'https://shop.example';

  test('may ask with a token where its site is allowed', async () => {
    const { status, headers } = await call(gateway, 'GET', '/api/cameras/door', {
      token: CONFIG_TOKEN,
      headers: { origin },
    });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')?.toLowerCase()).toContain('origin');
  });

  test('learns how to connect, where any camera may be shown', async () => {
    const asks = async (from: string) =>
      (await call(gateway, 'GET', '/api/ice-servers', { token: CONFIG_TOKEN, headers: { origin: from } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await asks(origin)).toBe(origin);
    expect(await asks('https://evil.example')).toBeNull();
  });

  test('is told so beforehand', async () => {
    const headers = { origin, 'access-control-request-method': 'POST' };
    const answer = await call(gateway, 'OPTIONS', '/api/cameras/door/whep', { headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toContain('Authorization');
  });

  test.each(['/api/cameras/yard', '/api/cameras/nowhere', '/api/session', '/api/users'])('not for %s', async (path) => {
    const { headers } = await call(gateway, 'GET', path, { token: CONFIG_TOKEN, headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('may load the script of the web component', async () => {
    const { headers } = await get('/assets/app-en-1a2b.js', { origin });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  });
});

test('who proves a right is heard from an address that was refused too often', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.77' };
  const codes = new Set<string | undefined>();
  for (let n = 0; n < 250; n++) codes.add((await call(gateway, 'GET', '/api/cameras', { headers })).code);
  expect(codes).toEqual(new Set(['not-signed-in', 'too-many-requests']));
  expect((await call(gateway, 'GET', '/api/cameras', { headers, token: CONFIG_TOKEN })).status).toBe(200);
  const signIn = await call(gateway, 'POST', '/api/session', { headers, body: { name: 'x', password: 'y' } });
  expect(signIn.code).toBe('not-signed-in');
});

test('metrics tell nothing to viewers, and no secret to anybody', async () => {
  expect((await call(gateway, 'GET', '/metrics', { token: CONFIG_TOKEN })).code).toBe('not-allowed');
  await gateway.addUser('admin', 'admin');
  const { body } = await call(gateway, 'GET', '/metrics', { cookie: await gateway.signIn('admin') });
  expect(body).toContain('oriel_viewers');
  expect(body).not.toMatch(/token|password|rtsp:/);
});
