import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONFIG_TOKEN, call, startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

let addresses = 0;
let guesses = 0;

/** Tries each way in as a stranger. Returns the code of the refusal, or `yes` when there is none. */
const WAYS: Record<string, (token: string, headers: Record<string, string>) => Promise<string>> = {
  'Authorization: Bearer': (token, headers) => {
    return codeOf('/api/cameras', { ...headers, authorization: `Bearer ${token}` });
  },
  '?token=': (token, headers) => codeOf(`/api/cameras?token=${token}`, headers),
  'live.mp4': (token, headers) => codeOf(`/api/cameras/door/live.mp4?token=${token}`, headers),
  'Socket.IO': (token, headers) =>
    new Promise((resolve) => {
      const page = gateway.openPage(headers, { token });
      page.on('connect', () => resolve('yes'));
      page.on('connect_error', (error) => resolve((error as unknown as { data: { code: string } }).data.code));
    }),
};

async function codeOf(path: string, headers: Record<string, string>): Promise<string> {
  const { status, code } = await call(gateway, 'GET', path, { headers });
  return status === 200 ? 'yes' : String(code);
}

test.each(Object.keys(WAYS))('guesses by %s are limited, on every other way as well', async (name) => {
  const headers = { 'x-forwarded-for': `203.0.113.${addresses++}` };
  const guess = () => WAYS[name]?.(`a-guess-of-many-${guesses++}`, headers);
  for (let n = 0; n < 20; n++) expect(await guess()).toBe('not-signed-in');
  expect(await guess()).toBe('too-many-requests');
  for (const [other, way] of Object.entries(WAYS))
    expect([other, await way(CONFIG_TOKEN, headers)]).toEqual([other, 'too-many-requests']);
});

test('callers who were accepted before are still served when somebody guesses from their address', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.200' };
  const way = WAYS['?token='] as (typeof WAYS)[string];
  expect(await way(CONFIG_TOKEN, headers)).toBe('yes');
  for (let n = 0; n < 30; n++) await way(`a-guess-of-many-${guesses++}`, headers);
  expect(await way(CONFIG_TOKEN, headers)).toBe('yes');
});
