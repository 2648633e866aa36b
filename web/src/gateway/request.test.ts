import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, send } from './request.ts';

type Seen = { readonly method: string; readonly url: string; readonly type: string; readonly body: string };

let server: Server;
let gateway: string;
let seen: (Seen & { readonly authorization: string | undefined })[];
let answer: (response: ServerResponse, request: IncomingMessage) => void;

beforeEach(async () => {
  seen = [];
  server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const { authorization, 'content-type': type = '' } = headers;
    seen.push({ method, url, type, body: await text(request), authorization });
    answer(response, request);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('sends JSON with the token and reads the JSON of the answer', async () => {
  answer = (response) => response.end('{"id":"s1"}');
  expect(await ask('POST', '/api/shares', { gateway, token: 'secret', body: { camera: 'yard' } })).toEqual({
    id: 's1',
  });
  expect(seen).toEqual([
    {
      method: 'POST',
      url: '/api/shares',
      type: 'application/json',
      body: '{"camera":"yard"}',
      authorization: 'Bearer secret',
    },
  ]);
});

test('an answer without a body is nothing', async () => {
  answer = (response) => response.writeHead(204).end();
  expect(await ask('DELETE', '/api/shares/s1', { gateway })).toBeUndefined();
  expect(seen[0]).toMatchObject({ method: 'DELETE', type: '', body: '', authorization: undefined });
});

test('content of another kind goes as it is', async () => {
  answer = (response) => response.writeHead(201, { location: '/whep/7' }).end('answer');
  const response = await send('POST', '/whep', { gateway, content: { type: 'application/sdp', text: 'v=0' } });
  expect([response.headers.get('location'), await response.text()]).toEqual(['/whep/7', 'answer']);
  expect(seen[0]).toMatchObject({ type: 'application/sdp', body: 'v=0' });
});

test('a refusal has its code and the words of the gateway', async () => {
  answer = (response) => response.writeHead(403).end('{"error":{"code":"not-allowed","message":"Viewers may not."}}');
  await expect(ask('GET', '/api/users', { gateway })).rejects.toMatchObject({
    code: 'not-allowed',
    message: 'Viewers may not.',
  });
});

test('a gateway that is not there is said to be unreachable', async () => {
  server.close();
  await expect(ask('GET', '/api/session', { gateway })).rejects.toMatchObject({
    code: 'unreachable',
    message: 'The gateway does not answer. Check that it runs and that this device is on its network.',
  });
});

test('a gateway that does not answer in time is unreachable, also in the middle of an answer', async () => {
  answer = () => undefined;
  const asked = ask('GET', '/api/session', { gateway, timeoutMs: 50 });
  await expect(asked).rejects.toMatchObject({ code: 'unreachable' });
  answer = (response) => response.writeHead(200, { 'content-length': 100 }).write('{"half":');
  const cut = ask('GET', '/api/session', { gateway, timeoutMs: 500 });
  await expect(cut).rejects.toMatchObject({ code: 'unreachable' });
});

test('who takes a request back hears their own reason, not an excuse', async () => {
  answer = () => undefined;
  const abort = new AbortController();
  const asked = ask('GET', '/api/session', { gateway, signal: abort.signal });
  abort.abort(new Error('left the page'));
  await expect(asked).rejects.toThrow('left the page');
});

test('an endless answer may take as long as it likes', async () => {
  answer = (response) => response.write('first');
  const response = await send('GET', '/live.mp4', { gateway, timeoutMs: 'endless' });
  const reader = response.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first');
  await reader?.cancel();
});
