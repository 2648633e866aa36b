import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CameraView } from '../../../shared/camera.ts';
import type { ClientToServerEvents, ServerToClientEvents } from '../../../shared/events.ts';
import { CameraStore } from './camera-store.ts';
import { askSocket, type GatewaySocket } from './gateway-socket.ts';

function camera(id: string, part: Partial<CameraView> = {}): CameraView {
  return {
    id,
    name: id,
    enabled: true,
    kind: 'rtsp',
    hasSubstream: false,
    main: { phase: 'idle' },
    sub: { phase: 'idle' },
    tracks: [],
    viewers: 0,
    ...part,
  };
}

const YARD = camera('yard');
const HALL = camera('hall');

let gateway: Server<ClientToServerEvents, ServerToClientEvents>;
let socket: GatewaySocket;
let store: CameraStore;
let changes: string[];

beforeEach(async () => {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  gateway = new Server(http);
  gateway.on('connection', (page) => {
    page.emit('cameras-changed', [YARD, HALL]);
    page.on('follow-probe', ({ probe }, reply) => {
      if (probe === 'refused') reply({ ok: false, error: { code: 'not-allowed', message: 'Not you.' } });
      else reply({ ok: true, value: null });
    });
  });
  changes = [];
  store = new CameraStore((before, next) => changes.push(`${next.id}: ${before.main.phase} to ${next.main.phase}`));
  socket = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ['websocket'] });
  store.listen(socket);
});

afterEach(async () => {
  socket.disconnect();
  await gateway.close();
});

async function until(isSo: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 5000 });
}

test('knows no cameras until the gateway told them, then each with its live state', async () => {
  expect(store.list.value).toBeUndefined();
  await until(() => store.list.value !== undefined);
  expect(store.list.value).toEqual([YARD, HALL]);
  gateway.emit('camera-state', camera('yard', { main: { phase: 'live', sinceMs: 1 }, viewers: 3 }));
  await until(() => store.live('yard')?.value.viewers === 3);
  expect(store.live('yard')?.value).toMatchObject({ name: 'yard', main: { phase: 'live' } });
  expect(changes).toEqual(['yard: idle to live']);
});

test('a camera that was removed is gone, one that stays keeps its signal, a stranger is not let in', async () => {
  await until(() => store.list.value !== undefined);
  const yard = store.live('yard');
  gateway.emit('camera-state', camera('stranger'));
  gateway.emit('cameras-changed', [camera('yard', { name: 'Back yard' })]);
  await until(() => store.list.value?.length === 1);
  expect([store.live('hall'), store.live('stranger')]).toEqual([undefined, undefined]);
  expect(store.live('yard')).toBe(yard);
  expect(yard?.value.name).toBe('Back yard');
});

test('whoever follows a camera hears what is known at once, and nothing after letting go', async () => {
  await until(() => store.list.value !== undefined);
  const facts: string[] = [];
  const stop = store.follow('yard', ({ reachable, view }) => facts.push(`${reachable} ${view?.name}`));
  expect(facts).toEqual(['true yard']);
  gateway.emit('cameras-changed', [HALL]);
  await until(() => facts.at(-1) === 'true undefined');
  stop();
  store.replace([YARD]);
  expect(facts).toHaveLength(2);
});

test('a listener that asks the store something does not follow what it asked for', async () => {
  await until(() => store.list.value !== undefined);
  let calls = 0;
  store.follow('yard', () => {
    calls++;
    store.facts('hall');
  });
  store.learn(camera('hall', { viewers: 5 }));
  expect(calls).toBe(1);
});

test('is lost with the connection, and found again with it', async () => {
  expect(store.isLost.value).toBe(false);
  await until(() => store.facts('yard').reachable);
  gateway.disconnectSockets();
  await until(() => store.isLost.value);
  expect(store.facts('yard')).toMatchObject({ reachable: false, view: YARD });
  socket.connect();
  await until(() => !store.isLost.value);
});

test('forgets everything for whoever signs in next', async () => {
  await until(() => store.list.value !== undefined);
  store.clear();
  expect([store.list.value, store.live('yard'), store.facts('yard').reachable]).toEqual([undefined, undefined, false]);
});

test('a question over the socket has an answer, a refusal, or a deadline', async () => {
  await askSocket<null>(socket, (to, done) => to.emit('follow-probe', { probe: 'p1' }, done));
  const refused = askSocket<null>(socket, (to, done) => to.emit('follow-probe', { probe: 'refused' }, done));
  await expect(refused).rejects.toMatchObject({ code: 'not-allowed', message: 'Not you.' });
  gateway.disconnectSockets();
  await until(() => store.isLost.value);
  const late = askSocket<null>(socket, (_to, done) => socket.timeout(20).emit('follow-probe', { probe: 'p2' }, done));
  await expect(late).rejects.toMatchObject({ code: 'unreachable' });
});
