import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountAt } from '../../../shared/camera-accounts.ts';
import type { CameraDetail } from '../../../shared/camera-api.ts';
import type { CameraSettings } from '../../../shared/camera-settings.ts';
import type { CameraId } from '../../../shared/ids.ts';
import { call, startTestGateway, type TestGateway } from '../testing/test-gateway.ts';
import type { ProbeTarget } from './api-context.ts';

let gateway: TestGateway;
let admin: string;
let operator: string;
const probed: ProbeTarget[] = [];

beforeAll(async () => {
  gateway = await startTestGateway({
    probe: async (target, onStep) => {
      probed.push(target);
      onStep('connecting', 0);
      onStep('asking', 12);
      return { url: target.url, steps: [], totalMs: 12, suggestions: [] };
    },
  });
  await gateway.addUser('admin', 'admin');
  await gateway.addUser('operator', 'operator');
  admin = await gateway.signIn('admin');
  operator = await gateway.signIn('operator');
});
afterAll(() => gateway.stop());

async function add(body: object, cookie = admin): Promise<CameraDetail> {
  const answer = await call(gateway, 'POST', '/api/cameras', { cookie, body });
  expect([answer.status, answer.body]).toEqual([201, answer.body]);
  return answer.body as CameraDetail;
}
const patch = (id: string, body: object, cookie = admin) =>
  call(gateway, 'PATCH', `/api/cameras/${id}`, { cookie, body });
const stored = (id: string) => gateway.cameras.get(id as CameraId);

describe('a camera that is added', () => {
  test('gets an id of its name, and its credentials move out of the address for good', async () => {
    const camera = await add({ name: 'Söller Nord', url: 'rtsp://admin:p%40ss@192.0.2.7/1' });
    expect(camera.id).toBe('soller-nord');
    expect(camera.settings).toMatchObject({ url: 'rtsp://192.0.2.7/1', username: 'admin', hasPassword: true });
    expect(stored(camera.id)?.password).toBe('p@ss');
    const everything = [
      (await call(gateway, 'GET', `/api/cameras/${camera.id}`, { cookie: admin })).body,
      (await call(gateway, 'GET', '/api/cameras', { cookie: admin })).body,
      (await call(gateway, 'GET', '/api/audit', { cookie: admin })).body,
    ];
    expect(JSON.stringify(everything)).not.toMatch(/p%40ss|p@ss/);
    expect((await add({ name: 'Söller Nord', url: 'rtsp://192.0.2.8/1' })).id).toBe('soller-nord-2');
  });

  test.each([
    ['an address of another kind', { url: 'http://192.0.2.7/' }, 'expected a camera address'],
    ['an address that nothing plays', { url: 'carrier-pigeon://warehouse/stream1' }, 'expected a camera address'],
    ['a line end in its address', { url: 'rtsp://192.0.2.7/1\r\nX: y' }, 'line ends'],
    ['a line end in the user name of its address', { url: 'rtsp://a%0d%0aX:b@192.0.2.7/1' }, 'line ends'],
    [
      'a line end in the password of its substream',
      { url: 'rtsp://192.0.2.7/', substream: 'rtsp://a:b%0A@h/' },
      'line ends',
    ],
    ['a line end in its user name', { url: 'rtsp://192.0.2.7/', username: 'a\r\nb' }, 'one line'],
    ['a line end in its name', { url: 'rtsp://192.0.2.7/', name: 'a\nb' }, 'one line'],
    ['no address', {}, 'url'],
    ['an id that no address could hold', { url: 'rtsp://192.0.2.7/', id: 'a/b' }, 'id:'],
    ['an origin with a path', { url: 'rtsp://192.0.2.7/', embedOrigins: ['https://a.example/x'] }, 'embedOrigins'],
    ['a key that is not known', { url: 'rtsp://192.0.2.7/', paswort: 'x' }, 'paswort'],
  ])('is refused with %s', async (_name, body, words) => {
    const answer = await call(gateway, 'POST', '/api/cameras', { cookie: admin, body: { name: 'X', ...body } });
    expect(answer.code).toBe('bad-request');
    expect(JSON.stringify(answer.body)).toContain(words);
  });

  test('is refused when its id is taken, even if by the configuration', async () => {
    const body = { name: 'X', id: 'door', url: 'rtsp://192.0.2.7/' };
    expect((await call(gateway, 'POST', '/api/cameras', { cookie: admin, body })).code).toBe('already-exists');
  });
});

describe('a camera that is changed', () => {
  test('keeps absent settings, loses those that are null, and keeps its password on the same host', async () => {
    await add({ name: 'Shed', url: 'rtsp://a:secret@192.0.2.9/1', group: 'Garden' });
    const answer = await patch('shed', { group: null, url: 'rtsp://192.0.2.9/2' });
    expect(answer.status).toBe(200);
    expect(stored('shed')).toMatchObject({ name: 'Shed', url: 'rtsp://192.0.2.9/2', password: 'secret' });
    expect(stored('shed')?.group).toBeUndefined();
    expect((await patch('shed', { password: null })).body).toMatchObject({ settings: { hasPassword: false } });
  });

  test.each([
    ['another host', { url: 'rtsp://192.0.2.66/1' }],
    ['another port', { url: 'rtsp://192.0.2.10:8554/1' }],
    ['another scheme', { url: 'rtsps://192.0.2.10:554/1' }],
    ['an agent', { via: 'agent/warehouse' }],
  ])('does not take its stored password to %s', async (what, change) => {
    const { id } = await add({ name: `Away ${what}`, url: 'rtsp://a:secret@192.0.2.10/1' });
    expect((await patch(id, change)).body).toMatchObject({
      error: { message: expect.stringContaining('password again') },
    });
    expect((await patch(id, { ...change, password: 'given anew' })).status).toBe(200);
  });

  test.each(['substream', 'fallback'] as const)('keeps its password from a %s elsewhere', async (name) => {
    const { id } = await add({ name: `Other ${name}`, url: 'rtsp://a:secret@192.0.2.10/1' });
    const account = () => accountAt(stored(id) as CameraSettings, name);
    await patch(id, { [name]: 'rtsp://192.0.2.10/2' });
    expect(account()).toEqual({ username: 'a', password: 'secret' });
    await patch(id, { [name]: 'rtsp://192.0.2.66/2' });
    expect(account()).toEqual({});
    const shown = await patch(id, { [name]: 'rtsp://b:of-its-own@192.0.2.66/2' });
    expect(account()).toEqual({ username: 'b', password: 'of-its-own' });
    expect(shown.body).toMatchObject({ settings: { [name]: 'rtsp://192.0.2.66/2' } });
    expect(JSON.stringify(shown.body)).not.toContain('of-its-own');
    await patch(id, { [name]: 'rtsp://192.0.2.66/3', name: 'Renamed' });
    expect(account()).toEqual({ username: 'b', password: 'of-its-own' });
    expect((await patch(id, { via: 'agent/warehouse', password: 'given anew' })).code).toBe('bad-request');
    await patch(id, { [name]: 'rtsp://192.0.2.67/3' });
    expect(account()).toEqual({});
    expect(gateway.store.cameras.get(id as CameraId)?.accounts).toBeUndefined();
  });

  test('takes over the credentials of a new address, and its old password when that is given again', async () => {
    const { id } = await add({ name: 'Moved', url: 'rtsp://a:secret@192.0.2.20/1' });
    await patch(id, { url: 'rtsp://b:other@192.0.2.21/1' });
    expect(stored(id)).toMatchObject({ url: 'rtsp://192.0.2.21/1', username: 'b', password: 'other' });
    expect((await patch(id, { url: 'rtsp://192.0.2.22/1', password: 'other' })).status).toBe(200);
  });

  test('is not changed when it is in the configuration', async () => {
    expect((await patch('door', { name: 'Other' })).body).toMatchObject({
      error: { message: expect.stringContaining('file') },
    });
    expect((await call(gateway, 'DELETE', '/api/cameras/door', { cookie: admin })).code).toBe('not-allowed');
  });
});

describe('an operator', () => {
  test.each([
    'rtsp://127.0.0.1/',
    'rtsp://localhost:6379/',
    'rtsp://[::1]:22/',
    'rtsp://[::ffff:127.0.0.1]/',
    'rtsp://169.254.169.254/latest/meta-data',
    'rtsp://2130706433/',
    'rtsp://0/',
    'kasa://127.0.0.1',
    'clip:///etc/passwd',
    'rtsp://[not-an-address',
  ])('cannot point at %s, by any door', async (url) => {
    const before = probed.length;
    for (const attempt of [
      call(gateway, 'POST', '/api/cameras', { cookie: operator, body: { name: 'X', url } }),
      call(gateway, 'POST', '/api/cameras', {
        cookie: operator,
        body: { name: 'X', url: 'rtsp://192.0.2.7/', substream: url },
      }),
      call(gateway, 'POST', '/api/cameras/probe', { cookie: operator, body: { url } }),
    ]) {
      expect((await attempt).code).toMatch(/not-allowed|name-not-found|bad-request/);
    }
    expect(probed.length).toBe(before);
  });

  test('adds cameras of the network, which stay under guard until an administrator sets their address', async () => {
    const { id } = await add({ name: 'By operator', url: 'rtsp://192.168.7.7/' }, operator);
    expect(stored(id)?.restricted).toBe(true);
    await patch(id, { name: 'Renamed by admin' });
    expect(stored(id)?.restricted).toBe(true);
    await patch(id, { url: 'rtsp://127.0.0.1/' });
    expect(stored(id)?.restricted).toBeUndefined();
    expect((await patch(id, { name: 'Renamed by operator' }, operator)).status).toBe(200);
    expect((await patch(id, { fallback: 'rtsp://127.0.0.1/x' }, operator)).code).toBe('not-allowed');
  });
});

describe('a probe', () => {
  test('sends its steps to the page that follows it and to no other', async () => {
    const [page, other] = [gateway.openPage({ cookie: admin }), gateway.openPage({ cookie: admin })];
    const steps: unknown[] = [];
    page.on('probe-step', (step) => steps.push(step));
    other.on('probe-step', () => steps.push('overheard'));
    await page.emitWithAck('follow-probe', { probe: 'probe-0001' });
    await other.emitWithAck('follow-probe', { probe: 'probe-0002' });
    await call(gateway, 'POST', '/api/cameras/probe', {
      cookie: admin,
      body: { url: 'rtsp://192.0.2.7/', probe: 'probe-0001' },
    });
    await page.emitWithAck('ice-servers');
    await other.emitWithAck('ice-servers');
    const probe = 'probe-0001';
    expect(steps).toEqual([
      { probe, step: 'connecting', atMs: 0 },
      { probe, step: 'asking', atMs: 12 },
    ]);
  });

  test('uses the stored password on the host of its camera only', async () => {
    const { id } = await add({ name: 'Probed', url: 'rtsp://a:secret@192.0.2.11/1' });
    const look = (url: string) =>
      call(gateway, 'POST', '/api/cameras/probe', { cookie: admin, body: { url, camera: id } });
    await look('rtsp://192.0.2.11/2');
    expect(probed.at(-1)).toMatchObject({ username: 'a', password: 'secret' });
    await look('rtsp://192.0.2.12/2');
    expect(probed.at(-1)?.password).toBeUndefined();
  });
});

test('controls accept only what the camera offers', async () => {
  const set = (control: string, value: unknown) =>
    call(gateway, 'PUT', `/api/cameras/door/controls/${control}`, { cookie: operator, body: { value } });
  expect((await set('lamp', true)).status).toBe(204);
  expect((await set('lamp', 'bright')).code).toBe('bad-request');
  expect((await set('siren', true)).code).toBe('not-found');
  expect(gateway.switched).toEqual([['lamp', true]]);
});
