import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CameraView } from '../../../shared/camera.ts';
import type { CameraStateEvent } from '../../../shared/events.ts';
import { call, startTestGateway, type TestGateway, type TestPage, watch } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let admin: string;
let neighbour: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.addUser('admin', 'admin');
  await gateway.addUser('neighbour', 'viewer', ['yard']);
  admin = await gateway.signIn('admin');
  neighbour = await gateway.signIn('neighbour');
});
afterAll(() => gateway.stop());

type Heard = { lists: (readonly CameraView[])[]; states: CameraStateEvent[]; viewersChanged: number };

async function listen(page: TestPage): Promise<Heard> {
  const heard: Heard = { lists: [], states: [], viewersChanged: 0 };
  page.on('cameras-changed', (cameras) => heard.lists.push(cameras));
  page.on('camera-state', (state) => heard.states.push(state));
  page.on('viewers-changed', () => heard.viewersChanged++);
  await page.emitWithAck('ice-servers');
  return heard;
}

const OFFER = { offer: 'v=0', tiles: [{ mid: '0', camera: 'door', quality: 'main' }] } as const;

test('a page is told about the cameras it may see and their state, at most every few milliseconds', async () => {
  const [page, other] = [gateway.openPage({ cookie: admin }), gateway.openPage({ cookie: neighbour })];
  const [heard, overheard] = await Promise.all([listen(page), listen(other)]);
  expect(heard.lists[0]?.map(({ id }) => id)).toEqual(['door', 'yard']);
  expect(overheard.lists[0]?.map(({ id }) => id)).toEqual(['yard']);
  for (let n = 0; n < 5; n++) await watch(page, 'door');
  const starting = { phase: 'starting', step: 'connecting' };
  await vi.waitFor(() => expect(heard.states.at(-1)).toMatchObject({ id: 'door', viewers: 5, main: starting }));
  await vi.waitFor(() => expect(heard.viewersChanged).toBeGreaterThan(0));
  expect(heard.states.length).toBeLessThanOrEqual(4);
  // Everything that was sent to all pages before this answer has arrived with it.
  await other.emitWithAck('ice-servers');
  expect(overheard.states).toEqual([]);
  expect(overheard.viewersChanged).toBe(0);
});

test('pages that may see a camera are told when it is added or removed', async () => {
  const [page, other] = [gateway.openPage({ cookie: admin }), gateway.openPage({ cookie: neighbour })];
  const [heard, overheard] = await Promise.all([listen(page), listen(other)]);
  await call(gateway, 'POST', '/api/cameras', { cookie: admin, body: { name: 'Shed', url: 'rtsp://192.0.2.7/' } });
  await vi.waitFor(() => expect(heard.lists.at(-1)?.map(({ id }) => id)).toEqual(['door', 'yard', 'shed']));
  await other.emitWithAck('ice-servers');
  expect(overheard.lists.at(-1)?.map(({ id }) => id)).toEqual(['yard']);
  await call(gateway, 'DELETE', '/api/cameras/shed', { cookie: admin });
  await vi.waitFor(() => expect(heard.lists.at(-1)?.map(({ id }) => id)).toEqual(['door', 'yard']));
});

test('one person at a time can speak through a camera, and the loudspeaker is free when the page is gone', async () => {
  const [page, other] = [gateway.openPage({ cookie: admin }), gateway.openPage({ cookie: admin })];
  const started = await page.emitWithAck('talk-start', { camera: 'door' });
  const talk = started.ok ? started.value.talk : '';
  page.emit('talk-audio', talk, Uint8Array.of(1, 2, 3));
  other.emit('talk-audio', talk, Uint8Array.of(9, 9, 9));
  await page.emitWithAck('ice-servers');
  await other.emitWithAck('ice-servers');
  expect(gateway.spoken.map((samples) => [...samples])).toEqual([[1, 2, 3]]);
  expect(await other.emitWithAck('talk-start', { camera: 'door' })).toMatchObject({
    ok: false,
    error: { code: 'busy' },
  });
  page.disconnect();
  await vi.waitFor(async () =>
    expect(await other.emitWithAck('talk-start', { camera: 'door' })).toMatchObject({ ok: true }),
  );
});

test('a page that sends endless requests is slowed down', async () => {
  const page = gateway.openPage({ cookie: admin });
  const replies = await Promise.all(Array.from({ length: 500 }, () => page.emitWithAck('ice-servers')));
  const refused = replies.filter((reply) => !reply.ok);
  expect(refused.length).toBeGreaterThan(100);
  expect(refused[0]).toMatchObject({ error: { code: 'too-many-requests' } });
});

test.each([
  ['no request', undefined],
  ['a text', 'door'],
  ['a camera that is a number', { camera: 7 }],
  ['an offer without end', { ...OFFER, offer: 'x'.repeat(250_000) }],
  ['a field too many', { ...OFFER, admin: true }],
])('%s is answered, not thrown', async (_name, request) => {
  const page = gateway.openPage({ cookie: admin });
  const reply = await page.emitWithAck('page-offer', request as never);
  expect(reply).toMatchObject({ ok: false, error: { code: 'bad-request' } });
});

test('the log contains no credentials of pages or requests', async () => {
  const text = gateway.logLines.join('');
  expect(text).not.toMatch(/oriel_session_|correct horse/);
});
