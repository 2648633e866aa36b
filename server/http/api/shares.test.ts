import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ShareCreated, ShareInfo, ShareView } from '../../../shared/share-link.ts';
import { GatewayError } from '../../platform/errors.ts';
import { call, startTestGateway, type TestGateway, type TestPage, viewerIn, watch } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let cookie: string;
let opened: TestPage[] = [];

beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.addUser('admin', 'admin');
  await gateway.addUser('doorman', 'operator', ['door']);
  cookie = await gateway.signIn('admin');
});
afterAll(() => gateway.stop());
beforeEach(() => {
  opened = [];
});
afterEach(() => {
  for (const page of opened) page.disconnect();
  gateway.hub.endViewers(() => true, new GatewayError('stopping', 'The test is over.'));
});

async function share(limits: object = {}, by = cookie): Promise<ShareCreated> {
  const { body, status } = await call(gateway, 'POST', '/api/shares', {
    cookie: by,
    body: { camera: 'door', ...limits },
  });
  expect([status, body]).toEqual([201, body]);
  return body as ShareCreated;
}

function open(token: string): TestPage {
  const page = gateway.openPage({}, { token });
  opened.push(page);
  return page;
}

function event<Value>(page: TestPage, name: string): Promise<Value> {
  return new Promise((resolve) => page.once(name as never, resolve as never));
}

async function holderSees(token: string): Promise<string> {
  const { status, code } = await call(gateway, 'GET', '/api/cameras/door', { token });
  return status === 200 ? 'the camera' : String(code);
}

test('a link shows its camera, by header and by address, and is stored by its hash only', async () => {
  const { token, url, id } = await share({ label: 'Neighbour' });
  expect(url).toBe(`${gateway.origin}/s/${token}`);
  expect(await holderSees(token)).toBe('the camera');
  expect((await call(gateway, 'GET', `/api/cameras/door?token=${token}`)).status).toBe(200);
  const { body } = await call(gateway, 'GET', '/api/shares', { cookie });
  expect(JSON.stringify(body)).not.toContain(token);
  expect(JSON.stringify(gateway.store.shares.get(id))).not.toContain(token);
});

test('what the holder of a link may know about it', async () => {
  const { token } = await share({ label: 'Neighbour', audio: false, expiresAt: Date.now() + 60_000 });
  const info = (await call(gateway, 'GET', '/api/share', { token })).body as ShareInfo;
  expect(info).toMatchObject({
    label: 'Neighbour',
    camera: 'door',
    cameraName: 'Camera door',
    audio: false,
    state: 'open',
  });
  expect(info.openUntil).toBe(info.expiresAt);
});

test('it counts how often its page was opened', async () => {
  const { id, token } = await share();
  const listed = async () =>
    ((await call(gateway, 'GET', '/api/shares', { cookie })).body as ShareView[]).find((link) => link.id === id);
  expect(await listed()).toMatchObject({ opened: 0 });
  for (let times = 0; times < 2; times++) await call(gateway, 'GET', '/api/share', { token });
  expect(await listed()).toMatchObject({ opened: 2, lastUsedAt: expect.any(Number) });
});

describe('revoked while somebody watches', () => {
  test('the picture and the page end at once', async () => {
    const { id, token } = await share();
    const page = open(token);
    viewerIn(await watch(page, 'door'));
    const ended = event<{ code: string }>(page, 'viewer-ended');
    const sessionEnded = event<{ code: string }>(page, 'session-ended');
    const startedMs = performance.now();
    expect((await call(gateway, 'DELETE', `/api/shares/${id}`, { cookie })).status).toBe(204);
    expect((await ended).code).toBe('share-revoked');
    expect((await sessionEnded).code).toBe('share-revoked');
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(gateway.hub.viewers()).toEqual([]);
    expect(await holderSees(token)).toBe('share-revoked');
  });

  test('other links and people go on watching', async () => {
    const [mine, yours] = [await share(), await share()];
    const [page, other] = [open(mine.token), open(yours.token)];
    await Promise.all([watch(page, 'door'), watch(other, 'door')]);
    await call(gateway, 'DELETE', `/api/shares/${mine.id}`, { cookie });
    expect(gateway.hub.viewers()).toHaveLength(1);
    expect(await holderSees(yours.token)).toBe('the camera');
  });
});

test('a link that runs out while somebody watches ends the picture by itself', async () => {
  const { token } = await share({ expiresAt: Date.now() + 3000 });
  const page = open(token);
  await watch(page, 'door');
  const ended = await Promise.all([event(page, 'viewer-ended'), event(page, 'session-ended')]);
  expect(ended).toMatchObject([{ code: 'share-expired' }, { code: 'share-expired' }]);
  expect(gateway.hub.viewers()).toEqual([]);
  expect(await holderSees(token)).toBe('share-expired');
});

test('outside its daily hours a link says when it opens, and shows nothing', async () => {
  const hour = (offset: number): string => new Date(Date.now() + offset * 3600_000).toISOString().slice(11, 16);
  const { token } = await share({ dailyWindow: { from: hour(2), to: hour(3), timeZone: 'UTC' } });
  expect(await holderSees(token)).toBe('share-expired');
  const info = (await call(gateway, 'GET', '/api/share', { token })).body as ShareInfo;
  expect(info.state).toBe('closed');
  expect((info.opensAt ?? 0) - Date.now()).toBeGreaterThan(3600_000);
  const within = await share({ dailyWindow: { from: hour(-1), to: hour(1), timeZone: 'UTC' } });
  expect(await holderSees(within.token)).toBe('the camera');
});

test('a link for one viewer refuses a second one and accepts the next after the first has left', async () => {
  const { token, id } = await share({ maxViewers: 1 });
  const [first, second] = [open(token), open(token)];
  const viewer = viewerIn(await watch(first, 'door'));
  expect(await watch(second, 'door')).toMatchObject({
    error: { code: 'too-many-viewers', message: '1 of 1 viewers of this link are watching.' },
  });
  const listed = (await call(gateway, 'GET', '/api/shares', { cookie })).body as ShareView[];
  expect(listed.find((share) => share.id === id)?.watching).toBe(1);
  await first.emitWithAck('unwatch', { viewer });
  viewerIn(await watch(second, 'door'));
});

test('a player that changes its transport needs no second seat', async () => {
  const { token } = await share({ maxViewers: 1 });
  const page = open(token);
  viewerIn(await watch(page, 'door', { visit: 'mine' }));
  viewerIn(await watch(page, 'door', { visit: 'mine' }));
  expect(await watch(open(token), 'door', { visit: 'yours' })).toMatchObject({ error: { code: 'too-many-viewers' } });
});

test('a link to the small stream never shows the large one', async () => {
  const { token } = await share({ camera: 'yard', quality: 'sub' });
  expect(await watch(open(token), 'yard')).toMatchObject({ quality: 'sub' });
});

test.each([
  ['the small stream of a camera that has none', { quality: 'sub' }, 'bad-request'],
  ['an end that is over', { expiresAt: 1 }, 'bad-request'],
  [
    'hours in a place that is not',
    { dailyWindow: { from: '08:00', to: '09:00', timeZone: 'Europe/Atlantis' } },
    'bad-request',
  ],
  ['hours that are none', { dailyWindow: { from: '25:00', to: '09:00', timeZone: 'UTC' } }, 'bad-request'],
  ['a camera that does not exist', { camera: 'nowhere' }, 'camera-not-found'],
  ['a limit that is not known', { forever: true }, 'bad-request'],
])('no link is made for %s', async (_name, limits, code) => {
  const answer = await call(gateway, 'POST', '/api/shares', { cookie, body: { camera: 'door', ...limits } });
  expect(answer.code).toBe(code);
});

test('an operator can share, see and revoke what the operator’s own rights include', async () => {
  const doorman = await gateway.signIn('doorman');
  const own = await share({}, doorman);
  const yard = await share({ camera: 'yard' });
  const refused = await call(gateway, 'POST', '/api/shares', { cookie: doorman, body: { camera: 'yard' } });
  expect(refused.code).toBe('not-allowed');
  expect((await call(gateway, 'DELETE', `/api/shares/${yard.id}`, { cookie: doorman })).code).toBe('not-allowed');
  const listed = (await call(gateway, 'GET', '/api/shares', { cookie: doorman })).body as ShareView[];
  expect(new Set(listed.map(({ camera }) => camera))).toEqual(new Set(['door']));
  expect((await call(gateway, 'DELETE', `/api/shares/${own.id}`, { cookie: doorman })).status).toBe(204);
});

test('when a camera is removed, its links are removed too', async () => {
  await call(gateway, 'POST', '/api/cameras', { cookie, body: { name: 'Shed', url: 'rtsp://192.0.2.8/' } });
  const { token } = await share({ camera: 'shed' });
  const page = open(token);
  await watch(page, 'shed');
  const ended = event(page, 'session-ended');
  await call(gateway, 'DELETE', '/api/cameras/shed', { cookie });
  await ended;
  await call(gateway, 'POST', '/api/cameras', { cookie, body: { name: 'Shed', url: 'rtsp://192.0.2.9/' } });
  expect((await call(gateway, 'GET', '/api/cameras/shed', { token })).code).toBe('share-revoked');
});

test('a visit that was ended is refused until a person asks for another; other visits go on', async () => {
  const [page, other] = await Promise.all([open((await share()).token), open((await share()).token)]);
  const asks = async (asking: TestPage, visit: string) => {
    const answer = await watch(asking, 'door', { visit });
    return 'error' in answer ? answer.error.code : answer.viewer;
  };
  const viewer = await asks(page, 'first');
  expect((await call(gateway, 'DELETE', `/api/viewers/${viewer}`, { cookie })).status).toBe(204);
  expect(await asks(page, 'first')).toBe('view-ended');
  expect(await asks(page, 'second')).toMatch(/-/);
  expect(await asks(other, 'first')).not.toBe('view-ended');
});

test('a kicked viewer is told, and the log says who did it', async () => {
  const { token } = await share({ label: 'Neighbour' });
  const page = open(token);
  const viewer = viewerIn(await watch(page, 'door'));
  const ended = event<{ code: string; message: string }>(page, 'viewer-ended');
  expect((await call(gateway, 'DELETE', `/api/viewers/${viewer}`, { cookie })).status).toBe(204);
  expect(await ended).toMatchObject({ code: 'view-ended', message: expect.stringContaining('ended this view') });
  const audit = (await call(gateway, 'GET', '/api/audit?limit=1', { cookie })).body;
  expect(audit).toMatchObject([{ who: 'admin', event: 'viewer-kicked', subject: 'door', detail: 'Neighbour' }]);
});
