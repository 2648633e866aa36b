import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AccessUnit } from '../../media/access-unit.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { assetPath } from '../../platform/paths.ts';
import { headerValue } from '../../protocols/rtsp/message.ts';
import { loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../../simulators/rtsp-camera.ts';
import type { RtspCameraQuirks } from '../../simulators/rtsp-camera-quirks.ts';
import { recordSource } from './source-recording.ts';

const LOGIN = { username: 'admin', password: 'secret' };
const KEEP_ALIVE_MS = 25_000;
const REPORT_MS = 5000;

/** A clock on which timers of these lengths run fifty times as fast; deadlines for replies stay as they are. */
function hurry(...lengths: readonly number[]): Clock {
  const scaled = (ms: number): number => (lengths.includes(ms) ? ms / 50 : ms);
  return { ...systemClock, after: (ms, callback) => systemClock.after(scaled(ms), callback) };
}

let clip: VideoClip;
let camera: RtspCamera | undefined;
let fake: Server | undefined;

beforeAll(async () => {
  const whole = await loadVideoClip(assetPath('sub-360p.h264'));
  clip = { ...whole, fps: 50, frames: whole.frames.slice(0, 10) };
});

afterEach(async () => {
  await camera?.close();
  camera = undefined;
  fake?.close();
  fake = undefined;
});

async function start(quirks: RtspCameraQuirks, login: object = {}): Promise<string> {
  camera = await startRtspCamera({ paths: [{ path: '/live', clip, quirks, ...login }] });
  return camera.url('/live');
}

/** A server that answers each connection as `serve` says. */
async function startFake(serve: (socket: Socket) => void): Promise<string> {
  fake = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  fake.listen(0, '127.0.0.1');
  await once(fake, 'listening');
  return `rtsp://127.0.0.1:${(fake.address() as AddressInfo).port}/live`;
}

const methods = (): readonly string[] => camera?.requests.map((request) => request.method) ?? [];
const lasting = (frames: number) => ({ enough: (units: readonly AccessUnit[]) => units.length >= frames });

describe('a session is kept alive', () => {
  const DIES_WITHOUT = { life: { sessionTimeoutMs: 1500 } };
  const rows: { name: string; quirks: RtspCameraQuirks; method: string }[] = [
    { name: 'GET_PARAMETER where it is offered', quirks: DIES_WITHOUT, method: 'GET_PARAMETER' },
    {
      name: 'OPTIONS where Public lacks it (GW Security)',
      quirks: { ...DIES_WITHOUT, reply: { publicMethods: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN' } },
      method: 'OPTIONS',
    },
    {
      name: 'OPTIONS where there is no Public',
      quirks: { ...DIES_WITHOUT, reply: { publicMethods: 'missing' } },
      method: 'OPTIONS',
    },
    {
      name: 'nobody answers',
      quirks: { life: { ...DIES_WITHOUT.life, keepAliveUnanswered: true } },
      method: 'GET_PARAMETER',
    },
    { name: 'it is refused', quirks: { reply: { statusOf: { GET_PARAMETER: 451 } } }, method: 'GET_PARAMETER' },
    {
      name: 'with a nonce that expires',
      quirks: { ...DIES_WITHOUT, auth: { nonceLifeMs: 300 } },
      method: 'GET_PARAMETER',
    },
    {
      name: 'with a nonce that expires and is called stale',
      quirks: { ...DIES_WITHOUT, auth: { nonceLifeMs: 300, saysStale: true } },
      method: 'GET_PARAMETER',
    },
  ];
  test.concurrent.each(rows)('$name', async ({ quirks, method }) => {
    const login = quirks.auth ? LOGIN : {};
    const one = await startRtspCamera({ paths: [{ path: '/live', clip, quirks, ...login }] });
    const { units, error } = await recordSource({
      url: one.url('/live'),
      ...login,
      context: { clock: hurry(KEEP_ALIVE_MS) },
      ...lasting(100),
    });
    const asked = one.requests.map((request) => request.method);
    await one.close();
    expect(error).toBeUndefined();
    expect(units).toHaveLength(100);
    expect(asked.slice(4).filter((name) => name === method).length).toBeGreaterThanOrEqual(2);
  });

  test.concurrent.each(['tcp', 'udp'] as const)('receiver reports go out by %s', async (transport) => {
    const quirks = { life: { needsReceiverReportsMs: 500 } };
    const one = await startRtspCamera({ paths: [{ path: '/live', clip, quirks }] });
    const { units } = await recordSource({
      url: one.url('/live'),
      transport,
      context: { clock: hurry(REPORT_MS) },
      ...lasting(60),
    });
    await one.close();
    expect(units).toHaveLength(60);
    expect(one.receiverReports).toBeGreaterThanOrEqual(2);
  });
});

describe('errors are told apart', () => {
  test.each([
    ['no-such-path', { reply: { statusOf: { DESCRIBE: 404 } } }],
    ['no-such-path', { reply: { statusOf: { DESCRIBE: 400 } } }],
    ['no-free-session', { reply: { statusOf: { SETUP: 453 } } }],
    ['no-free-session', { reply: { statusOf: { DESCRIBE: 503 } } }],
    ['no-free-session', { life: { maxSessions: 0 } }],
    ['wrong-password', { reply: { statusOf: { DESCRIBE: 403 } } }],
    ['not-supported', { transport: { refuses: ['tcp', 'udp'] } }],
    ['camera-closed', { reply: { statusOf: { PLAY: 500 } } }],
    ['unsupported-codec', { sdp: { rewrite: (sdp) => sdp.replaceAll('H264/90000', 'JPEG/90000') } }],
    ['unsupported-codec', { sdp: { rewrite: () => 'v=0\r\n' } }],
    ['camera-closed', { framing: { serverRequests: ['ANNOUNCE'] } }],
  ] satisfies [string, RtspCameraQuirks][])('%s: %j', async (code, quirks) => {
    const url = await start(quirks);
    const { error } = await recordSource({ url, ...lasting(1000) });
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(/\.$/);
    expect(camera?.sessions).toBe(0);
  });

  test('refused', async () => {
    expect((await recordSource({ url: 'rtsp://127.0.0.1:1/live' })).error?.code).toBe('refused');
  });

  test('name-not-found', async () => {
    expect((await recordSource({ url: 'rtsp://camera.invalid/live' })).error?.code).toBe('name-not-found');
  });

  test('timeout: it accepts and says nothing', async () => {
    const url = await startFake(() => {});
    expect((await recordSource({ url, connectTimeoutMs: 200 })).error?.code).toBe('timeout');
  });

  test('camera-closed: it hangs up', async () => {
    const url = await startFake((socket) => socket.destroy());
    expect((await recordSource({ url })).error?.code).toBe('camera-closed');
  });

  test('bad-data: it is no RTSP server', async () => {
    const url = await startFake((socket) => socket.write(Buffer.alloc(2 * 1024 * 1024, 'a')));
    expect((await recordSource({ url })).error?.code).toBe('bad-data');
  });

  test('camera-closed: the power cord', async () => {
    const url = await start({});
    const { error } = await recordSource({
      url,
      enough: (units) => units.length === 10 && camera?.kill() !== undefined,
    });
    expect(error?.code).toBe('camera-closed');
  });

  test('a locked account is not hammered', async () => {
    const url = await start({ auth: { challenges: ['digest-md5', 'digest-sha256', 'basic'], lockAfter: 4 } }, LOGIN);
    expect((await recordSource({ url, username: 'admin', password: 'wrong' })).error?.code).toBe('wrong-password');
    expect(camera?.loginFailures('/live')).toBeLessThan(4);
  });
});

describe('redirects', () => {
  test.each([301, 302, 303, 305])('%d is followed', async (status) => {
    const real = await startRtspCamera({ paths: [{ path: '/live', clip }] });
    const url = await start({ urls: { redirect: { status, location: real.url('/live') } } }, LOGIN);
    expect((await recordSource({ url, ...LOGIN, ...lasting(3) })).units).toHaveLength(3);
    await real.close();
  });

  test('a circle ends', async () => {
    const url = await startFake((socket) => {
      const answer = 'RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: LOCATION\r\n\r\n';
      socket.once('data', () => socket.write(answer.replace('LOCATION', `rtsp://127.0.0.1:${socket.localPort}/live`)));
    });
    expect((await recordSource({ url })).error?.code).toBe('bad-data');
  });

  test.each(['digest-md5', 'basic'] as const)('another port never gets the password, asked for by %s', async (kind) => {
    const other = await startRtspCamera({
      paths: [{ path: '/live', clip, ...LOGIN, quirks: { auth: { challenges: [kind] } } }],
    });
    const url = await start({ urls: { redirect: { status: 302, location: other.url('/live') } } });
    expect((await recordSource({ url, ...LOGIN })).error?.code).toBe('needs-password');
    expect(other.requests.filter(({ headers }) => headerValue(headers, 'authorization') !== undefined)).toEqual([]);
    await other.close();
  });

  test('another host never gets the password', async () => {
    const url = await startFake((socket) => {
      const answer = 'RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: rtsp://localhost:PORT/live\r\n\r\n';
      socket.once('data', () => socket.write(answer.replace('PORT', String(camera?.port))));
    });
    await start({ auth: { challenges: ['basic'] } }, LOGIN);
    expect((await recordSource({ url, ...LOGIN })).error?.code).toBe('needs-password');
  });
});

describe('the end', () => {
  test('TEARDOWN goes out, and nobody waits long for its answer', async () => {
    const url = await start({ life: {} });
    const startedMs = Date.now();
    await recordSource({ url, ...lasting(5) });
    expect(Date.now() - startedMs).toBeLessThan(3000);
    expect(methods().at(-1)).toBe('TEARDOWN');
  });

  test('an abort before anything happened', async () => {
    const url = await start({});
    const { error, units } = await recordSource({ url, timeoutMs: 0 });
    expect(error).toBeUndefined();
    expect(units).toHaveLength(0);
    expect(camera?.sessions).toBe(0);
  });

  test('nothing is left behind after many connections', async () => {
    const url = await start({});
    const before = process.getActiveResourcesInfo().length;
    for (let round = 0; round < 30; round++)
      await recordSource({ url, transport: round % 3 === 0 ? 'udp' : 'tcp', ...lasting(1) });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(camera?.sessions).toBe(0);
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before + 2);
  });
});
