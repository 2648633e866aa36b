import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Auth, createAuth } from '../../auth/auth.ts';
import { hashPassword } from '../../auth/passwords.ts';
import { linkRight, linkTakenBack } from '../../auth/stored-rights.ts';
import { createToken, hashToken } from '../../auth/token.ts';
import { systemClock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { assetPath } from '../../platform/paths.ts';
import { SecretBox } from '../../platform/secrets.ts';
import { parseChallenges, serializeAuthorization } from '../../protocols/rtsp/auth.ts';
import { headerValues, type RtspHeaders } from '../../protocols/rtsp/message.ts';
import { loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { type JudgeResult, runJudge } from '../../simulators/outside-judge.ts';
import { createStore, type Store } from '../../store/store.ts';
import type { User } from '../../store/users.ts';
import { createRtspAuthorizer } from './rtsp-authorizer.ts';
import { loopedCamera } from './testing/looped-camera.ts';
import { RawReader } from './testing/raw-reader.ts';
import { type ReaderGateway, startReaderGateway } from './testing/reader-gateway.ts';

const NVR = { name: 'nvr', password: 'recorder' };
const REASON = new GatewayError('not-signed-in', 'Your account was changed. Sign in again.');
let clip: VideoClip;
let store: Store;
let auth: Auth;
let gateway: ReaderGateway;
let anna: User;
const readers: RawReader[] = [];

beforeAll(async () => {
  clip = await loadVideoClip(assetPath('main-720p.h264'));
});

beforeEach(async () => {
  const secrets = new SecretBox(Buffer.alloc(32, 1));
  store = createStore({ file: ':memory:', secrets });
  auth = createAuth({ store, secrets, clock: systemClock, tokens: [], rtspUsers: [NVR] });
  const passwordHash = await hashPassword('secret', { logN: 10, r: 8, p: 1 });
  anna = store.users.add({ name: 'anna', role: 'viewer', cameras: 'all', passwordHash }, 0);
  const authorizer = createRtspAuthorizer({
    configured: auth.configured,
    identifyToken: auth.identifyToken,
    throttle: auth.throttle,
    signIn: (name, password, address) => auth.signIns.checkPassword(name, password, address),
    nowMs: () => systemClock.nowUs() / 1000,
    refused: () => {},
  });
  gateway = await startReaderGateway(() => loopedCamera(clip), { authorizer });
});

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.socket.destroy();
  await gateway.close();
  store.close();
});

async function connect(path?: string): Promise<RawReader> {
  const reader = await RawReader.connect(gateway.output.port, path);
  readers.push(reader);
  return reader;
}

function basic(name: string, password: string): RtspHeaders {
  return [['Authorization', `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`]];
}

function makeLink(): { readonly id: string; readonly token: string } {
  const token = createToken('share');
  const description = { camera: 'cam', label: 'Guest', createdBy: 'anna', audio: true, quality: 'main' } as const;
  return { id: store.shares.add(description, hashToken(token), Date.now()).id, token };
}

function takeBack({ id }: { readonly id: string }): void {
  auth.rights.revoke([linkRight({ id })], linkTakenBack(), () => store.shares.revoke(id, Date.now()));
}

const changePassword = async (): Promise<unknown> => {
  const passwordHash = await hashPassword('another', { logN: 10, r: 8, p: 1 });
  return auth.signIns.signOut(anna.id, REASON, () => store.users.update(anna.id, { passwordHash }));
};

test('a connection that signed in for an unknown camera is closed when its link is revoked', async () => {
  const link = makeLink();
  const reader = await connect('/nowhere');
  expect((await reader.ask('DESCRIBE', '', basic('token', link.token))).status).toBe(404);
  takeBack(link);
  await reader.closed();
  expect((await (await connect()).ask('DESCRIBE', '', basic('token', link.token))).status).toBe(401);
});

test.each([
  ['its password is changed', changePassword],
  [
    'it is removed',
    () => auth.rights.revoke([{ kind: 'account', id: anna.id }], REASON, () => store.users.remove(anna.id, 1)),
  ],
])('a stream that an account watches ends when %s', async (_name, change) => {
  const reader = await connect();
  await reader.ask('DESCRIBE', '', basic('anna', 'secret'));
  await reader.ask('SETUP', '/trackID=0', [
    ...basic('anna', 'secret'),
    ['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1'],
  ]);
  expect((await reader.ask('PLAY', '', basic('anna', 'secret'))).status).toBe(200);
  await change();
  await reader.closed();
  expect(gateway.hub.viewers()).toEqual([]);
  expect((await (await connect()).ask('DESCRIBE', '', basic('anna', 'secret'))).status).toBe(401);
});

test('an entry that is removed from rtsp.users loses its streams and its login at once, and links stay', async () => {
  const [nvr, guest] = [await connect(), await connect()];
  const link = makeLink();
  expect((await nvr.ask('DESCRIBE', '', basic('nvr', 'recorder'))).status).toBe(200);
  expect((await guest.ask('DESCRIBE', '', basic('token', link.token))).status).toBe(200);
  auth.configured.configure({ tokens: [], rtspUsers: [] });
  await nvr.closed();
  expect((await (await connect()).ask('DESCRIBE', '', basic('nvr', 'recorder'))).status).toBe(401);
  expect((await guest.ask('OPTIONS')).status).toBe(200);
  expect((await (await connect()).ask('DESCRIBE', '', basic('Guest', link.token))).status).toBe(200);
});

test('the number of a session is no proof: only the same connection or the same right can control it', async () => {
  const rtp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(rtp, 'listening');
  const { port } = rtp.address();
  const own = await connect();
  const transport: RtspHeaders = [['Transport', `RTP/AVP;unicast;client_port=${port}-${port + 1}`]];
  await own.ask('SETUP', '/trackID=0', [...basic('nvr', 'recorder'), ...transport]);
  const stranger = await connect();
  stranger.session = own.session;
  const link = makeLink();
  for (const [method, target] of [
    ['PLAY', ''],
    ['TEARDOWN', ''],
    ['GET_PARAMETER', ''],
    ['SETUP', '/trackID=0'],
  ] as const) {
    const nobody: RtspHeaders = [['Authorization', 'None']];
    expect([method, (await stranger.ask(method, target, [...nobody, ...transport])).status]).toEqual([method, 401]);
    const other = await stranger.ask(method, target, [...basic('token', link.token), ...transport]);
    expect([method, other.status]).toEqual([method, 454]);
  }
  expect(gateway.hub.viewers()).toHaveLength(1);
  const same = await connect();
  same.session = own.session;
  expect((await same.ask('PLAY', '', basic('nvr', 'recorder'))).status).toBe(200);
  expect((await same.ask('TEARDOWN', '', basic('nvr', 'recorder'))).status).toBe(200);
  rtp.close();
});

test('a reader whose view was ended by somebody does not come back by itself', async () => {
  const reader = await connect();
  expect((await reader.ask('DESCRIBE', '', basic('nvr', 'recorder'))).status).toBe(200);
  const [viewer] = gateway.hub.viewers();
  if (!viewer) throw new Error('Nobody watches.');
  gateway.hub.kick(viewer);
  await reader.closed();
  const again = await (await connect()).ask('DESCRIBE', '', basic('nvr', 'recorder'));
  expect([again.status, again.reason]).toEqual([403, expect.stringContaining('ended this view')]);
  expect((await (await connect()).ask('DESCRIBE', '', basic('anna', 'secret'))).status).toBe(200);
});

test('a library that always uses Digest can sign in to an account at its second connection', async () => {
  /** Does what gortsplib and ffmpeg do: answers the first challenge once, with Digest if that is offered. */
  const attempt = async (name: string, password: string): Promise<number> => {
    const reader = await connect();
    const first = await reader.ask('DESCRIBE', '', [['Authorization', 'None']]);
    const challenges = parseChallenges(headerValues(first.headers, 'www-authenticate'));
    const best = challenges.find(({ scheme }) => scheme === 'digest') ?? challenges[0];
    if (!best) throw new Error('There is no challenge.');
    const uri = `rtsp://127.0.0.1:${gateway.output.port}/cam`;
    const header = serializeAuthorization(
      best,
      { username: name, password },
      { method: 'DESCRIBE', uri },
      { count: 1, clientNonce: 'abc' },
    );
    return (await reader.ask('DESCRIBE', '', [['Authorization', header]])).status;
  };
  expect(await attempt('nvr', 'recorder')).toBe(200);
  expect(await attempt('anna', 'secret')).toBe(401);
  expect(await attempt('anna', 'secret')).toBe(200);
});

test('ffmpeg can do that too, also with a token and its own name', async () => {
  const link = makeLink();
  const ask = (login: string): Promise<JudgeResult> => {
    const url = `rtsp://${login}@127.0.0.1:${gateway.output.port}/cam`;
    return runJudge('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', '-show_streams', url]);
  };
  expect((await ask(`Guest:${link.token}`)).stderr).toContain('401');
  expect((await ask(`Guest:${link.token}`)).stdout.toString()).toContain('codec_name=h264');
  expect((await ask('anna:secret')).stdout.toString()).toContain('codec_name=h264');
});
