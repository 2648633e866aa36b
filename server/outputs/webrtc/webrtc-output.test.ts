import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RtcpSrPacket, type RtpPacket } from 'werift';
import { CAMERA_WAIT_MS } from '../../hub/camera-wait.ts';
import { testRight } from '../../hub/testing/test-right.ts';
import { GatewayError } from '../../platform/errors.ts';
import { TestClock } from '../../platform/testing/test-clock.ts';
import { loadNativeLibrary, type NativeLibrary } from './native/library.ts';
import { nativeSendPath, portableSendPath } from './sending/send-path.ts';
import { CAMERA, SOUND, startTestRig, TestBrowser, type TestRig, type TestView, until, VIDEO } from './testing/rig.ts';

const library = loadNativeLibrary() as NativeLibrary;
const sendPaths = { native: nativeSendPath(library), portable: portableSendPath() };
const NTP_OFFSET_MS = 2_208_988_800_000;

const ntpMs = (ntp: bigint) => Number(ntp >> 32n) * 1000 + (Number(ntp & 0xffffffffn) / 2 ** 32) * 1000 - NTP_OFFSET_MS;

describe.each(['native', 'portable'] as const)('a browser on the %s path', (kind) => {
  let rig: TestRig;
  let browser: TestBrowser;
  beforeEach(async () => {
    rig = await startTestRig({ sendPath: sendPaths[kind], tracks: [VIDEO, SOUND] });
    browser = new TestBrowser({ withSound: true });
  });
  afterEach(async () => {
    await browser.close();
    await rig.close();
  });

  const connect = async (principal?: Parameters<TestRig['open']>[1]): Promise<TestView> => {
    const viewer = await rig.open(await browser.offer(), principal);
    await browser.accept(viewer.answer);
    return viewer;
  };

  it('gets the cached group from its key frame on, then every picture, in order and without a gap', async () => {
    rig.hub.watch(CAMERA, 'main', { kind: 'still', who: 'x', right: testRight(), end: () => {} });
    rig.camera.play(1000);
    await until(() => rig.camera.frames > 10, 'a running camera');
    await connect();
    await until(() => browser.frames.length >= 30, 'thirty pictures');
    const { frames } = browser;
    expect(frames.map(({ number }) => number)).toEqual(frames.map((_, index) => index));
    expect(frames[0]?.keyframe).toBe(true);
    expect(frames.every((frame, index) => index === 0 || frame.timestamp > (frames[index - 1]?.timestamp ?? 0))).toBe(
      true,
    );
  });

  it('stamps replayed pictures with the time they are sent, and live ones by the clock of the camera', async () => {
    rig.hub.watch(CAMERA, 'main', { kind: 'still', who: 'x', right: testRight(), end: () => {} });
    for (let frame = 0; frame < 20; frame++) rig.camera.frame(frame === 0);
    await connect();
    await until(() => browser.frames.length === 20, 'the group');
    const replayed = browser.frames;
    const spanMs = ((replayed.at(-1)?.timestamp ?? 0) - (replayed[0]?.timestamp ?? 0)) / 90;
    // Twenty pictures of 40 ms were sent within a few milliseconds.
    expect(spanMs).toBeLessThan(200);
    for (let frame = 0; frame < 3; frame++) rig.camera.frame(false);
    await until(() => browser.frames.length === 23, 'three live pictures');
    const [first = 0, second = 0, third = 0] = browser.frames.slice(20).map(({ timestamp }) => timestamp);
    expect([second - first, third - second]).toEqual([3600, 3600]);
  });

  it('says by sender reports which picture and which sound belong together', async () => {
    const reports = new Map<number, RtcpSrPacket>();
    const viewer = await connect();
    browser.pc.dtlsTransports[0]?.onRtcp.subscribe((packet) => {
      if (packet instanceof RtcpSrPacket) reports.set(packet.ssrc, packet);
    });
    await until(() => viewer.isConnected, 'a connection');
    rig.camera.play(25);
    let samples = 0;
    // Sound follows the pictures: two timers would drift apart on a busy machine.
    const timer = setInterval(() => {
      for (; samples * 125 < rig.camera.lastPtsUs; samples += 160) rig.camera.sound(samples * 125, new Uint8Array(160));
    }, 20);
    await until(
      () => reports.size === 2 && browser.sound.length > 20 && browser.frames.length > 20,
      'both reports',
      8000,
    );
    clearInterval(timer);
    const wallOf = (ssrc: number, timestamp: number, rate: number) => {
      const { ntpTimestamp, rtpTimestamp } = (reports.get(ssrc) as RtcpSrPacket).senderInfo;
      return ntpMs(ntpTimestamp) + (((timestamp - rtpTimestamp) | 0) / rate) * 1000;
    };
    const last = browser.packets.at(-1) as RtpPacket & { atMs: number };
    const picture = last.header;
    const sound = browser.sound.at(-1)?.header;
    const shownMs = wallOf(picture.ssrc, picture.timestamp, 90_000);
    const heardMs = wallOf(sound?.ssrc ?? 0, sound?.timestamp ?? 0, 8000);
    expect(Math.abs(shownMs - performance.timeOrigin - last.atMs)).toBeLessThan(300);
    // Both were sent within the last two frames by a camera whose timelines both began at 0.
    expect(Math.abs(shownMs - heardMs)).toBeLessThan(120);
    expect(viewer.statistics).toMatchObject({ skippedFrames: expect.any(Number), pictureAgeMs: expect.any(Number) });
  });

  it('gets no sound when it may not listen', async () => {
    const viewer = await connect({ mayListen: false });
    await until(() => viewer.isConnected, 'a connection');
    rig.camera.frame(true);
    for (let run = 0; run < 10; run++) rig.camera.sound(run * 20_000, new Uint8Array(160));
    await until(() => browser.frames.length === 1, 'a picture');
    expect(browser.sound).toHaveLength(0);
  });

  it('leaves nothing behind', async () => {
    const viewer = await connect();
    await until(() => viewer.isConnected, 'a connection');
    const ended = rig.hub.endViewers(() => true, new GatewayError('share-revoked', 'This share was revoked.'));
    expect(ended).toBe(1);
    expect((await viewer.closed).code).toBe('share-revoked');
    expect(rig.webrtc.connections.all).toEqual([]);
    expect(rig.webrtc.statistics().viewers).toBe(0);
    expect(rig.hub.viewers()).toHaveLength(0);
    await until(
      () => browser.pc.connectionState === 'closed' || browser.pc.dtlsTransports[0]?.state === 'closed',
      'a goodbye',
    );
  });

  it('is gone within a second when its page closes', async () => {
    const viewer = await connect();
    await until(() => viewer.isConnected, 'a connection');
    // What a browser sends when a page closes; werift itself sends none.
    await browser.sayGoodbye();
    const before = Date.now();
    await viewer.closed;
    expect(Date.now() - before).toBeLessThan(1000);
  });
});

describe('opening', () => {
  let rig: TestRig;
  afterEach(() => rig.close());

  it('waits for the tracks of a camera that never ran, and names its state when they do not come', async () => {
    const clock = new TestClock();
    rig = await startTestRig({ tracks: [], clock });
    const browser = new TestBrowser();
    const opened = rig.open(await browser.offer()).catch((error: GatewayError) => error);
    await clock.advance(CAMERA_WAIT_MS);
    const error = (await opened) as GatewayError;
    expect(error.code).toBe('timeout');
    expect(error.message).toContain('The camera is not there yet');
    expect(rig.hub.viewers()).toHaveLength(0);
    await browser.close();
  });

  it('gives up an offer that never leads to a connection', async () => {
    const clock = new TestClock();
    rig = await startTestRig({ clock });
    const browser = new TestBrowser();
    const viewer = await rig.open(await browser.offer());
    await clock.advance(10_000);
    expect((await viewer.closed).message).toContain('found no way to each other within 10 s');
    expect(rig.hub.viewers()).toHaveLength(0);
    await browser.close();
  });

  it('gives a share that shows the small stream the small stream', async () => {
    rig = await startTestRig();
    const browser = new TestBrowser();
    const viewer = await rig.open(await browser.offer(), { qualityCeiling: 'sub' });
    expect(viewer.quality).toBe('sub');
    viewer.close();
    await browser.close();
  });

  it('refuses a camera with B-frames so that viewers use another transport, even when only its pictures show the B-frames', async () => {
    rig = await startTestRig();
    const browser = new TestBrowser();
    const viewer = await rig.open(await browser.offer());
    for (const place of [0, 3, 1, 2, 6, 4, 5, 9, 7]) rig.camera.frame(place === 0, 500, place * 40_000);
    expect(await viewer.closed).toMatchObject({ code: 'no-common-codec' });
    await expect(rig.open(await browser.offer())).rejects.toThrow('sends B-frames');
    await browser.close();
  });
});
