import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { call, PASSWORD, startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const clock = new TestClock();
let gateway: TestGateway;
let cookie: string;

beforeAll(async () => {
  gateway = await startTestGateway({ clock });
  await gateway.addUser('admin', 'admin');
  cookie = await gateway.signIn('admin');
});
afterAll(() => gateway.stop());

test('at a browser that signed in a while ago accounts and tokens wait for the password', async () => {
  const bob = { name: 'Bob', password: 'another long password', role: 'viewer' };
  const { id } = await gateway.addUser('Carla', 'viewer');
  const changes = [
    ['POST', '/api/users', bob],
    ['PATCH', `/api/users/${id}`, { role: 'operator' }],
    ['POST', '/api/tokens', { name: 'nvr', role: 'viewer' }],
    ['DELETE', `/api/users/${id}`, undefined],
  ] as const;
  const ask = async ([method, path, body]: (typeof changes)[number]) => {
    const { status, code } = await call(gateway, method, path, { cookie, ...(body ? { body } : {}) });
    return [method, path, code ?? status];
  };
  await clock.advance(16 * 60_000);
  for (const change of changes) expect(await ask(change)).toEqual([change[0], change[1], 'confirm-password']);
  expect(gateway.store.users.list()).toHaveLength(2);
  const confirm = (password: string) => call(gateway, 'POST', '/api/session/confirm', { cookie, body: { password } });
  expect((await confirm('not the password')).code).toBe('not-allowed');
  expect((await confirm(PASSWORD)).status).toBe(204);
  const outcomes: unknown[] = [];
  for (const change of changes) outcomes.push((await ask(change))[2]);
  expect(outcomes).toEqual([201, 200, 201, 204]);
});
