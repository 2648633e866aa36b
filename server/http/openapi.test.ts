import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import type { User } from '../store/users.ts';
import { call, PASSWORD, startTestGateway, type TestGateway, watch } from './testing/test-gateway.ts';

type Operation = {
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema?: object }> }>;
  readonly requestBody?: { readonly content: Record<string, { readonly schema?: object }> };
};
type Description = { readonly openapi: string; readonly paths: Record<string, Record<string, Operation>> };

let gateway: TestGateway;
let cookie: string;
let description: Description;
const called = new Set<string>();

beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.addUser('admin', 'admin');
  cookie = await gateway.signIn('admin');
  description = (await call(gateway, 'GET', '/api/openapi.json')).body as Description;
});
afterAll(() => gateway.stop());

/** Calls a route and compares request and answer with the description. */
async function check<Answer>(
  route: string,
  body?: unknown,
  ids: Record<string, string> = {},
  token?: string,
): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const operation = description.paths[path]?.[method.toLowerCase()];
  if (!operation) throw new Error(`${route} is not described`);
  const sent = operation.requestBody?.content['application/json']?.schema;
  if (sent) z.fromJSONSchema(sent as never).parse(body);
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '');
  const answer = await call(gateway, method, address, {
    ...(token ? { token } : { cookie }),
    ...(body ? { body } : {}),
  });
  const described = operation.responses[String(answer.status)];
  expect([route, answer.status, answer.body, described !== undefined]).toEqual([
    route,
    answer.status,
    answer.body,
    true,
  ]);
  const schema = described?.content?.['application/json']?.schema;
  if (schema) z.fromJSONSchema(schema as never).parse(answer.body);
  else expect(answer.body).toBe('');
  called.add(route);
  return answer.body as Answer;
}

test('every route answers as the description says', async () => {
  await check('GET /healthz');
  await check('GET /readyz');
  await check('GET /api/gateway');
  await check('GET /api/ice-servers');
  const owner = gateway.store.users.byName('admin') as User;
  await check('POST /api/session', { name: 'admin', password: PASSWORD });
  await check('POST /api/session/link', { link: gateway.auth.signIns.createLink(owner) });
  await check('GET /api/session');
  await check('POST /api/session/confirm', { password: PASSWORD });
  await check('PATCH /api/account', { name: 'Admin' });
  const [browser] = await check<{ id: string }[]>('GET /api/sessions');
  expect(browser).toBeDefined();

  await check('GET /api/cameras');
  await check('POST /api/cameras', { name: 'Shed', url: 'rtsp://a:b@192.0.2.8/1', substream: 'rtsp://192.0.2.8/2' });
  await check('GET /api/cameras/{id}', undefined, { id: 'shed' });
  await check('PATCH /api/cameras/{id}', { group: 'Garden' }, { id: 'shed' });
  await check('POST /api/cameras/{id}/retry', undefined, { id: 'shed' });
  await check('POST /api/cameras/probe', { url: 'rtsp://192.0.2.8/1' });
  await check('POST /api/cameras/discover');
  await check('GET /api/cameras/{id}/controls', undefined, { id: 'shed' });
  await check('PUT /api/cameras/{id}/controls/{control}', { value: true }, { id: 'shed', control: 'lamp' });

  const window = { from: '00:00', to: '00:00', timeZone: 'Europe/Zurich' };
  const limits = {
    label: 'Neighbour',
    expiresAt: Date.now() + 60_000,
    dailyWindow: window,
    maxViewers: 1,
    quality: 'sub',
  };
  const made = await check<{ id: string; token: string }>('POST /api/shares', { camera: 'shed', ...limits });
  await check('GET /api/shares');
  await check('GET /api/share', undefined, {}, made.token);
  await check('DELETE /api/shares/{share}', undefined, { share: made.id });

  const page = gateway.openPage({ cookie });
  await watch(page, 'door');
  const [viewer] = await check<{ id: string }[]>('GET /api/viewers');
  await check('DELETE /api/viewers/{viewer}', undefined, { viewer: viewer?.id ?? '' });

  const user = await check<{ id: string }>('POST /api/users', {
    name: 'Bob',
    password: PASSWORD,
    role: 'viewer',
    cameras: ['door'],
  });
  await check('GET /api/users');
  await check('PATCH /api/users/{user}', { cameras: 'all' }, { user: user.id });
  await check('DELETE /api/users/{user}', undefined, { user: user.id });
  const token = await check<{ view: { id: string } }>('POST /api/tokens', { name: 'robot', role: 'viewer' });
  await check('GET /api/tokens');
  await check('DELETE /api/tokens/{token}', undefined, { token: token.view.id });
  const view = await check<{ id: string }>('POST /api/views', { name: 'All', layout: 'auto', cameras: ['door'] });
  await check('GET /api/views');
  await check(
    'PUT /api/views/{view}',
    { name: 'Night', layout: '2', cameras: [], rotateSeconds: 10 },
    { view: view.id },
  );
  await check('DELETE /api/views/{view}', undefined, { view: view.id });
  await check('GET /api/audit');
  await check('DELETE /api/cameras/{id}', undefined, { id: 'shed' });
  await check('DELETE /api/sessions/{session}', undefined, { session: browser?.id ?? '' });
  await gateway.signIn('Admin').then((fresh) => {
    cookie = fresh;
  });
  await check('DELETE /api/session');

  const described = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { responses }]) => isJson(responses))
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  );
  expect([...called].sort()).toEqual(described.sort());
});

/** Pictures and SDP are tested where they are made. */
function isJson(responses: Operation['responses']): boolean {
  return Object.values(responses).every(({ content }) => content === undefined || 'application/json' in content);
}

test('tools accept the description', () => {
  expect(description.openapi).toBe('3.1.0');
  const text = JSON.stringify(description);
  for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
    expect(text).toContain(`"${name}":{`);
  }
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const operation of Object.values(operations) as { parameters?: { name: string; in: string }[] }[]) {
      const named = operation.parameters?.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
  }
});
