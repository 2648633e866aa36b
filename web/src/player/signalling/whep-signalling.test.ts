import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CameraFacts } from '../../gateway/camera-store.ts';
import { createWhepSignalling } from './whep-signalling.ts';

type Seen = { method: string; url: string; authorization: string | undefined; body: string };

let server: Server;
let gateway: string;
let seen: Seen[];
let answer: (request: IncomingMessage) => { status: number; body?: string; headers?: Record<string, string> };

beforeEach(async () => {
  seen = [];
  server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, authorization: headers.authorization, body: await text(request) });
    const { status, body, headers: more } = answer(request);
    response.writeHead(status, more).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const OFFER = { offer: 'v=0 offer', tiles: [{ mid: '0', camera: 'yard', quality: 'sub', visit: 'mine' }] } as const;

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 5000 }).toBe(true);
}

test('an offer is posted with the token, and the viewer leaves by its address', async () => {
  answer = () => ({ status: 201, body: 'v=0 answer', headers: { location: '/api/cameras/yard/whep/7' } });
  const signalling = createWhepSignalling(gateway, 'secret');
  const { connection, answer: sdp, tiles } = await signalling.offer(OFFER);
  expect([sdp, tiles]).toEqual(['v=0 answer', [{ mid: '0', viewer: connection, quality: 'sub' }]]);
  signalling.candidate(connection, { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', usernameFragment: 'uf' });
  await until(() => seen.length === 2);
  signalling.hold(connection, () => undefined)();
  await until(() => seen.length === 3);
  expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /api/cameras/yard/whep?quality=sub&visit=mine',
    'PATCH /api/cameras/yard/whep/7',
    'DELETE /api/cameras/yard/whep/7',
  ]);
  expect(seen.every(({ authorization }) => authorization === 'Bearer secret')).toBe(true);
  expect(seen[1]?.body).toContain('a=candidate:1 1 udp 1 192.0.2.1 9 typ host');
});

test('a refusal comes in the gateway’s words', async () => {
  answer = () => ({ status: 503, body: '{"error":{"code":"too-many-viewers","message":"16 of 16."}}' });
  const watching = createWhepSignalling(gateway, undefined).offer(OFFER);
  await expect(watching).rejects.toMatchObject({ code: 'too-many-viewers', message: '16 of 16.' });
});

test('an answer without ICE servers is no error', async () => {
  answer = () => ({ status: 404 });
  expect(await createWhepSignalling(gateway, undefined).iceServers()).toEqual([]);
});

test('a gateway that goes away and comes back is noticed', async () => {
  answer = () => ({ status: 200, body: '{"id":"yard","name":"Yard"}' });
  const facts: CameraFacts[] = [];
  const stop = createWhepSignalling(gateway, undefined).follow('yard', (fact) => facts.push(fact));
  await until(() => facts.length === 1);
  answer = () => ({ status: 502 });
  await until(() => facts.length === 2);
  stop();
  expect(facts.map(({ reachable, view }) => [reachable, view?.name])).toEqual([
    [true, 'Yard'],
    [false, undefined],
  ]);
});
