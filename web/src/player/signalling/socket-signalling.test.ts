import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CameraView } from '../../../../shared/camera.ts';
import type { ClientToServerEvents, ServerToClientEvents } from '../../../../shared/events.ts';
import { type CameraFacts, CameraStore } from '../../gateway/camera-store.ts';
import type { GatewayError } from '../../gateway/gateway-error.ts';
import type { GatewaySocket } from '../../gateway/gateway-socket.ts';
import type { Signalling } from './signalling.ts';
import { createSocketSignalling } from './socket-signalling.ts';

const YARD: CameraView = {
  id: 'yard',
  name: 'Yard',
  enabled: true,
  kind: 'rtsp',
  hasSubstream: false,
  main: { phase: 'idle' },
  sub: { phase: 'idle' },
  tracks: [],
  viewers: 0,
};

let http: HttpServer;
let gateway: Server<ClientToServerEvents, ServerToClientEvents>;
let socket: GatewaySocket;
let signalling: Signalling;
let left: string[];
let heard: Uint8Array[];

beforeEach(async () => {
  left = [];
  heard = [];
  http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  gateway = new Server(http);
  gateway.on('connection', (page) => {
    page.emit('cameras-changed', [YARD]);
    page.on('page-offer', ({ offer, tiles }, reply) => {
      const [{ mid, quality } = { mid: '', quality: 'main' as const }] = tiles;
      if (offer === 'offer') {
        reply({ ok: true, value: { connection: 'c1', answer: 'answer', tiles: [{ mid, viewer: 'v1', quality }] } });
      } else reply({ ok: false, error: { code: 'bad-request', message: 'The offer cannot be answered.' } });
    });
    page.on('unwatch', ({ viewer }) => left.push(viewer));
    page.on('talk-start', (_request, reply) => reply({ ok: true, value: { talk: 't1' } }));
    page.on('talk-audio', (_talk, samples) => heard.push(samples));
  });
  socket = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ['websocket'] });
  const store = new CameraStore();
  store.listen(socket);
  signalling = createSocketSignalling(socket, store);
});

afterEach(async () => {
  socket.disconnect();
  await gateway.close();
});

const OFFER = { offer: 'offer', tiles: [{ mid: '0', camera: 'yard', quality: 'main' }] } as const;

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 5000 }).toBe(true);
}

test('offers, holds its viewer, hears that the gateway ended it, and does not let go twice', async () => {
  const ends: GatewayError[] = [];
  expect(await signalling.offer(OFFER)).toMatchObject({ connection: 'c1', answer: 'answer' });
  const release = signalling.hold('v1', (why) => ends.push(why));
  gateway.emit('viewer-ended', { viewer: 'v1', code: 'share-revoked', message: 'Withdrawn.' });
  await until(() => ends.length === 1);
  expect(ends[0]?.code).toBe('share-revoked');
  release();
  signalling.hold('v2', () => undefined)();
  await until(() => left.length > 0);
  expect(left).toEqual(['v2']);
});

test('a refusal comes in the gateway’s words', async () => {
  const refused = signalling.offer({ ...OFFER, offer: 'nonsense' });
  await expect(refused).rejects.toMatchObject({ code: 'bad-request', message: 'The offer cannot be answered.' });
});

test('follows one camera through its states and the loss of the gateway', async () => {
  const facts: CameraFacts[] = [];
  const stop = signalling.follow('yard', (fact) => facts.push(fact));
  await until(() => facts.at(-1)?.view !== undefined);
  gateway.emit('camera-state', { ...YARD, main: { phase: 'live', sinceMs: 1 } });
  await until(() => facts.at(-1)?.view?.main.phase === 'live');
  gateway.disconnectSockets();
  await until(() => facts.at(-1)?.reachable === false);
  stop();
  const count = facts.length;
  socket.connect();
  await until(() => socket.connected);
  expect(facts).toHaveLength(count);
});

test('a talk ends when the connection to the gateway breaks', async () => {
  const ends: GatewayError[] = [];
  const line = await signalling.talk?.('yard', (why) => ends.push(why));
  line?.send(Uint8Array.of(1, 2, 3));
  await until(() => heard.length === 1);
  expect([...(heard[0] ?? [])]).toEqual([1, 2, 3]);
  gateway.disconnectSockets();
  await until(() => ends.length === 1);
});
