import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONFIG_TOKEN, call, startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ accessAudit: { views: false, refusals: true } });
});
afterAll(() => gateway.stop());

test('a refusal is written down whichever way somebody came, without what was shown', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.1' };
  await call(gateway, 'GET', '/api/users', { token: CONFIG_TOKEN, headers });
  await call(gateway, 'GET', '/api/cameras/door/live.mp4?token=no-such-token-at-all', { headers });
  const page = gateway.openPage(headers, { token: 'no-such-token-either' });
  await new Promise<void>((resolve) => void page.once('connect_error', () => resolve()));
  const entries = gateway.store.audit.list(10);
  expect(entries.map(({ who, event, subject, detail, address }) => [who, event, subject, detail, address])).toEqual([
    ['somebody', 'access-refused', undefined, 'list-cameras: not-signed-in', '203.0.113.1'],
    ['somebody', 'access-refused', 'door', 'view: not-signed-in', '203.0.113.1'],
    ['home-assistant', 'access-refused', undefined, 'manage-users: not-allowed', '203.0.113.1'],
  ]);
  expect(JSON.stringify(entries)).not.toContain('no-such-token');
});
