import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CameraId } from '../../../shared/ids.ts';
import type { Principal } from '../../auth/principal.ts';
import type { SourceRunner } from '../../hub/hub.ts';
import { parseRtcpPackets } from '../../media/rtp/rtcp-packet.ts';
import { H264_NAL, h264NalType } from '../../media/video/h264.ts';
import { GatewayError } from '../../platform/errors.ts';
import { assetPath } from '../../platform/paths.ts';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { parseChallenges, serializeAuthorization } from '../../protocols/rtsp/auth.ts';
import { headerValue, headerValues } from '../../protocols/rtsp/message.ts';
import { type AudioClip, loadAudioClip, loadVideoClip, type VideoClip } from '../../simulators/clip.ts';
import type { RtspAuthorizer } from './rtsp-login.ts';
import { loopedCamera } from './testing/looped-camera.ts';
import { RawReader } from './testing/raw-reader.ts';
import { aReader, type ReaderGateway, startReaderGateway } from './testing/reader-gateway.ts';

let clip: VideoClip;
let sound: AudioClip;
let gateway: ReaderGateway;
const readers: RawReader[] = [];

beforeAll(async () => {
  clip = await loadVideoClip(assetPath('main-720p.h264'));
  sound = await loadAudioClip(assetPath('tone.ulaw'));
});

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.socket.destroy();
  await gateway.close();
});

async function start(options?: Parameters<typeof startReaderGateway>[1], runner?: () => SourceRunner): Promise<void> {
  gateway = await startReaderGateway(runner ?? (() => loopedCamera(clip, sound)), options);
}

async function connect(path?: string): Promise<RawReader> {
  const reader = await RawReader.connect(gateway.output.port, path);
  readers.push(reader);
  return reader;
}

function everybodyIs(principal: Principal): RtspAuthorizer {
  const signIn = async (): Promise<Principal> => principal;
  return {
    offersDigest: () => false,
    cannotDigest: () => {},
    digestSecrets: () => [],
    signIn,
    isHeldOff: () => false,
    failed: () => {},
    cameIn: () => {},
  };
}

/** Whether a packet is (part of) the parameter sets that begin a key frame. */
function beginsKeyFrame(payload: Uint8Array | undefined): boolean {
  const type = h264NalType(payload ?? new Uint8Array(0));
  return type === H264_NAL.sps || type === 24;
}

describe('requests', () => {
  test.each([
    ['OPTIONS', [], 200],
    ['ANNOUNCE', [], 405],
    ['HELLO', [], 501],
    ['DESCRIBE', [['Require', 'www.onvif.org/ver20/backchannel']], 551],
    ['SETUP', [], 400],
    ['PLAY', [], 454],
    ['GET_PARAMETER', [], 200],
    ['GET_PARAMETER', [['Session', 'unknown']], 454],
    ['DESCRIBE', [['Authorization', 'Digest nonsense']], 401],
  ] as const)('%s %j is answered %i', async (method, headers, status) => {
    await start();
    const reader = await connect();
    expect((await reader.ask(method, '', headers)).status).toBe(status);
  });

  test('an unknown transport is refused and the next one in the list is used', async () => {
    await start();
    const reader = await connect();
    expect((await reader.setUp(0, 'RTP/SAVP;unicast;client_port=5000-5001')).status).toBe(461);
    const reply = await reader.setUp(0, 'RTP/AVP;multicast,RTP/AVP/TCP;unicast;interleaved=4-5');
    expect(headerValue(reply.headers, 'transport')).toMatch(/^RTP\/AVP\/TCP;unicast;interleaved=4-5;ssrc=[0-9A-F]{8}$/);
  });

  test('an unknown track is answered with not found', async () => {
    await start();
    expect((await (await connect()).setUp(7)).status).toBe(404);
  });

  test('a client that speaks another protocol is cut off', async () => {
    await start();
    const reader = await connect();
    reader.socket.write(Buffer.alloc(2_000_000, 'x'));
    await reader.closed();
  });
});

describe('signing in', () => {
  test('Basic and Digest are offered, and Digest signs in', async () => {
    await start();
    const reader = await connect();
    const refused = await reader.ask('DESCRIBE', '', [['Authorization', 'Basic d3Jvbmc6d3Jvbmc=']]);
    expect(refused.status).toBe(401);
    const challenges = parseChallenges(headerValues(refused.headers, 'www-authenticate'));
    expect(challenges.map(({ scheme }) => scheme)).toEqual(['digest', 'basic']);
    const [digest] = challenges;
    if (!digest) throw new Error('no challenge');
    const request = { method: 'DESCRIBE', uri: `rtsp://127.0.0.1:${gateway.output.port}/cam` };
    const sign = (password: string): [string, string][] => {
      const credentials = { username: 'reader', password };
      const answer = serializeAuthorization(digest, credentials, request, { clientNonce: 'a', count: 1 });
      return [['Authorization', answer]];
    };
    expect((await reader.ask('DESCRIBE', '', sign('wrong'))).status).toBe(401);
    expect((await reader.ask('DESCRIBE', '', sign('secret'))).status).toBe(200);
  });

  test('a nonce of another connection is called stale, not wrong', async () => {
    await start();
    const digest = { scheme: 'digest', realm: 'Oriel', nonce: 'of-another-connection' } as const;
    const request = { method: 'DESCRIBE', uri: `rtsp://127.0.0.1:${gateway.output.port}/cam` };
    const credentials = { username: 'reader', password: 'secret' };
    const answer = serializeAuthorization(digest, credentials, request, { clientNonce: 'a', count: 1 });
    const reply = await (await connect()).ask('DESCRIBE', '', [['Authorization', answer]]);
    expect(parseChallenges(headerValues(reply.headers, 'www-authenticate'))[0]).toMatchObject({ stale: true });
  });

  test('a client that keeps guessing is disconnected', async () => {
    await start();
    const reader = await connect();
    for (let attempt = 0; attempt < 5; attempt++)
      await reader.ask('DESCRIBE', '', [['Authorization', 'Basic d3Jvbmc6d3Jvbmc=']]);
    await reader.closed();
  });
});

describe('media', () => {
  test('one of two tracks, on other channel numbers than usual', async () => {
    await start();
    const reader = await connect();
    await reader.ask('DESCRIBE');
    await reader.setUp(1, 'RTP/AVP/TCP;unicast;interleaved=20-21');
    const reply = await reader.ask('PLAY');
    expect(headerValue(reply.headers, 'rtp-info')).toMatch(/^url=rtsp:.*\/trackID=1;seq=\d+;rtptime=\d+$/);
    await expect.poll(() => reader.packets(20).length).toBeGreaterThan(10);
    expect(new Set(reader.frames.map(({ channel }) => channel))).toEqual(new Set([20, 21]));
  });

  test('RTP-Info says where each track begins', async () => {
    await start();
    const first = await connect();
    await first.play(0, 1);
    await expect.poll(() => first.packets(0).length).toBeGreaterThan(20);
    const reader = await connect();
    await reader.ask('DESCRIBE');
    await reader.setUp(0);
    const info = headerValue((await reader.ask('PLAY')).headers, 'rtp-info') ?? '';
    await expect.poll(() => reader.packets(0).length).toBeGreaterThan(0);
    const packet = reader.packets(0)[0];
    expect(info).toContain(`;seq=${packet?.sequenceNumber};rtptime=${packet?.timestamp}`);
  });

  test('RTP-Info says where each track begins even when the first picture is still to come', async () => {
    let begin = (): void => {};
    const video = { kind: 'video', codec: 'h264', parameterSets: clip.parameterSets } as const;
    const runner: SourceRunner = {
      retryNow: () => false,
      run: async (sink, signal) => {
        sink.tracks([video]);
        const payload = clip.frames[0]?.nals ?? [];
        begin = () => sink.publish({ track: 0, ptsUs: 0, receivedUs: 1, keyframe: true, payload });
        await once(signal, 'abort');
      },
    };
    await start({}, () => runner);
    const reader = await connect();
    await reader.ask('DESCRIBE');
    await reader.setUp(0);
    const playing = reader.ask('PLAY');
    await (await connect()).ask('OPTIONS');
    begin();
    const info = headerValue((await playing).headers, 'rtp-info') ?? '';
    await expect.poll(() => reader.packets(0).length).toBeGreaterThan(0);
    const packet = reader.packets(0)[0];
    expect(info).toContain(`;seq=${packet?.sequenceNumber};rtptime=${packet?.timestamp}`);
  });

  test('two readers of one stream get the same packets, and a sender report first', async () => {
    await start();
    const [one, two] = [await connect(), await connect()];
    await one.play(0);
    await expect.poll(() => one.packets(0).length).toBeGreaterThan(100);
    await two.play(0);
    await expect.poll(() => two.packets(0).length).toBeGreaterThan(150);
    expect(parseRtcpPackets(two.frames[0]?.data ?? new Uint8Array(0))[0]?.kind).toBe('sender-report');
    const keyOf = (data: Uint8Array): string => Buffer.from(data).toString('latin1');
    const known = new Set(one.frames.map(({ data }) => keyOf(data)));
    const shared = two.frames.slice(-30).filter(({ data }) => known.has(keyOf(data)));
    expect(shared.length).toBeGreaterThan(20);
    const numbers = two.packets(0).map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers).toEqual(numbers.map((_, at) => ((numbers[0] ?? 0) + at) & 0xffff));
  });

  test('past pictures get compressed times that end at the present', async () => {
    await start({ lingerMs: 10_000 });
    const first = await connect();
    await first.play(0);
    await expect.poll(() => first.packets(0).length, { timeout: 5000 }).toBeGreaterThan(200);
    const reader = await connect();
    await reader.play(0);
    await expect.poll(() => reader.packets(0).length).toBeGreaterThan(150);
    const packets = reader.packets(0);
    expect(beginsKeyFrame(packets[0]?.payload)).toBe(true);
    const stamps = packets.map(({ timestamp }) => timestamp);
    const steps = stamps.slice(1).map((stamp, at) => (stamp - (stamps[at] ?? 0)) | 0);
    expect(Math.min(...steps)).toBe(0);
    const pressed = steps.filter((step) => step > 0 && step < 200);
    expect(pressed.length).toBeGreaterThan(5);
  });

  test('PAUSE stops everything, and PLAY begins with a key frame again', async () => {
    await start();
    const reader = await connect();
    await reader.play(0);
    await expect.poll(() => reader.packets(0).length).toBeGreaterThan(10);
    expect((await reader.ask('PAUSE')).status).toBe(200);
    reader.frames.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(reader.frames).toHaveLength(0);
    await reader.ask('PLAY');
    await expect.poll(() => reader.packets(0).length).toBeGreaterThan(10);
    expect(beginsKeyFrame(reader.packets(0)[0]?.payload)).toBe(true);
    expect((await reader.ask('TEARDOWN')).status).toBe(200);
    expect((await reader.ask('PLAY')).status).toBe(454);
  });

  test('the reports of a UDP reader are shown to the operator', async () => {
    await start();
    const reader = await connect();
    const rtp = createSocket('udp4').bind(0, '127.0.0.1');
    const rtcp = createSocket('udp4').bind(0, '127.0.0.1');
    await Promise.all([once(rtp, 'listening'), once(rtcp, 'listening')]);
    await reader.ask('DESCRIBE');
    const ports = `${rtp.address().port}-${rtcp.address().port}`;
    const answer = headerValue((await reader.setUp(0, `RTP/AVP;unicast;client_port=${ports}`)).headers, 'transport');
    expect(answer).toContain(`client_port=${ports};server_port=`);
    const ssrc = Number.parseInt(/ssrc=(\w+)/.exec(answer ?? '')?.[1] ?? '', 16);
    await reader.ask('PLAY');
    await once(rtp, 'message');
    const report = Buffer.from([0x81, 201, 0, 7, ...new Array<number>(28).fill(0)]);
    report.writeUInt32BE(ssrc, 8);
    report[12] = 64;
    rtcp.send(report, Number(/server_port=\d+-(\d+)/.exec(answer ?? '')?.[1]), '127.0.0.1');
    await expect.poll(() => gateway.hub.viewers()[0]?.statistics?.().lossPercent).toBe(25);
    rtp.close();
    rtcp.close();
  });
});

describe('a right that shows less', () => {
  test('a share without sound and for the small stream gets no sound and no large stream', async () => {
    const share = { ...aReader(), mayListen: false, qualityCeiling: 'sub' } as const;
    await start({ authorizer: everybodyIs(share), hasSubstream: true });
    const reader = await connect();
    const described = await reader.ask('DESCRIBE');
    expect(Buffer.from(described.body).toString()).not.toContain('m=audio');
    expect((await reader.setUp(1)).status).toBe(404);
    expect((await reader.setUp(0)).status).toBe(200);
    expect(gateway.hub.viewers()[0]?.quality).toBe('sub');
  });

  test('a camera that is not theirs is forbidden', async () => {
    const stranger = { ...aReader(), cameras: new Set(['other' as CameraId]) };
    await start({ authorizer: everybodyIs(stranger) });
    expect((await (await connect()).ask('DESCRIBE')).status).toBe(403);
    expect(gateway.hub.viewers()).toHaveLength(0);
  });
});

describe('a session without a connection of its own', () => {
  test('each request of a UDP reader may come over a new one', async () => {
    await start();
    const rtp = createSocket('udp4').bind(0, '127.0.0.1');
    await once(rtp, 'listening');
    let session: string | undefined;
    const step = async (method: string, target = '', headers: [string, string][] = []): Promise<number> => {
      const reader = await connect();
      reader.session = session;
      const { status } = await reader.ask(method, target, headers);
      session = reader.session;
      reader.socket.destroy();
      await reader.closed();
      return status;
    };
    const { port } = rtp.address();
    const transport = (first: number): [string, string] => [
      'Transport',
      `RTP/AVP;unicast;client_port=${first}-${first + 1}`,
    ];
    expect(await step('SETUP', '/trackID=0', [transport(port)])).toBe(200);
    expect(await step('SETUP', '/trackID=1', [transport(39_990)])).toBe(200);
    expect(await step('PLAY')).toBe(200);
    await once(rtp, 'message');
    expect(await step('TEARDOWN')).toBe(200);
    expect(gateway.output.sessions).toBe(0);
    rtp.close();
  });
});

describe('ends', () => {
  test('a revoked right ends the connection', async () => {
    await start();
    const reader = await connect();
    await reader.play(0);
    const reason = new GatewayError('not-allowed', 'The account was removed.');
    gateway.reader.right.end(reason);
    await reader.closed();
    expect(gateway.output.sessions).toBe(0);
  });

  test.each([
    ['wants another password', 'wrong-password', undefined],
    ['cannot be reached, though it is tried again', 'no-route', 8000],
  ] as const)('a camera that %s says so instead of a description', async (_what, code, retryInMs) => {
    const runner: SourceRunner = {
      retryNow: () => false,
      run: async (sink, signal) => {
        const retryAtMs = retryInMs === undefined ? undefined : Date.now() + retryInMs;
        sink.lost(new GatewayError(code, 'It does not come.'), retryAtMs);
        await once(signal, 'abort');
      },
    };
    await start({}, () => runner);
    const reply = await (await connect()).ask('DESCRIBE');
    expect(reply).toMatchObject({ status: 503, reason: 'It does not come.' });
    expect(gateway.hub.viewers()).toHaveLength(0);
  });

  test('a camera that changes its codec ends its readers, who find the new one', async () => {
    let change = (): void => {};
    const runner = (): SourceRunner => ({
      retryNow: () => false,
      run: (sink, signal) => {
        change = () => sink.tracks([{ kind: 'video', codec: 'h265', parameterSets: [Uint8Array.of(1)] }]);
        return loopedCamera(clip).run(sink, signal);
      },
    });
    await start({}, runner);
    const reader = await connect();
    await reader.play(0);
    change();
    await reader.closed();
  });

  test('a silent UDP reader loses its session, and one that gives signs of life keeps it', async () => {
    const clock = new TestClock();
    await start({ clock });
    const reader = await connect();
    await reader.ask('DESCRIBE');
    const { headers } = await reader.setUp(0, 'RTP/AVP;unicast;client_port=39998-39999');
    expect(headerValue(headers, 'session')).toMatch(/;timeout=10$/);
    await reader.ask('PLAY');
    for (let sign = 0; sign < 3; sign++) {
      await clock.advance(9000);
      expect((await reader.ask('GET_PARAMETER')).status).toBe(200);
    }
    await clock.advance(12_001);
    expect(gateway.output.sessions).toBe(0);
  });
});
