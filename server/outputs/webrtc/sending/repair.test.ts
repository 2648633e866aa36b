import { afterEach, describe, expect, it } from 'vitest';
import type { PacketRun } from '../../../protocols/srtp/packet-run.ts';
import type { SendOutcome } from '../native/udp-sender.ts';
import { type ReceivedFrame, startTestRig, TestBrowser, type TestRig, until } from '../testing/rig.ts';
import { chooseSendPath, portableSendPath, type SendPath } from './send-path.ts';

type Meddle = (run: PacketRun, send: (run: PacketRun) => SendOutcome) => SendOutcome;

/** The same path, but the test decides what happens to each run. */
function meddling(path: SendPath, meddle: Meddle): SendPath {
  return {
    ...path,
    bind: async (address, port) => {
      const bound = await path.bind(address, port);
      const senderTo: typeof bound.senderTo = (remote, remotePort) => {
        const send = bound.senderTo(remote, remotePort);
        return (run) => meddle(run, send);
      };
      return { ...bound, senderTo };
    },
  };
}

/** Reads the bit as the player does. */
function isOld({ timestamp }: ReceivedFrame): boolean {
  return timestamp % 2 === 1;
}

/** Leaves packets out of a run, as a network would. */
function thinned(run: PacketRun, isLost: () => boolean): void {
  for (let index = 0; index < run.count; index++)
    if (isLost()) run.block.bytes.fill(0, run.packetAt[index] as number, (run.packetAt[index] as number) + 1);
}

describe.each([chooseSendPath().sendPath, portableSendPath()])('repair over the $kind path', (path) => {
  let rig: TestRig;
  let browser: TestBrowser;
  afterEach(async () => {
    await browser.close();
    await rig.close();
  });
  const start = async (meddle: Meddle = (run, send) => send(run)) => {
    rig = await startTestRig({ sendPath: meddling(path, meddle) });
    browser = new TestBrowser();
    const viewer = await rig.open(await browser.offer());
    await browser.accept(viewer.answer);
    await until(() => viewer.isConnected, 'a connection');
    return viewer;
  };

  it('sends lost packets again', async () => {
    let count = 0;
    await start((run, send) => {
      // Every seventh packet arrives damaged, which the receiver drops.
      thinned(run, () => ++count % 7 === 0);
      return send(run);
    });
    rig.camera.play(1000, 20_000);
    await until(() => browser.packets.length > 1000, 'a thousand packets', 15_000);
    rig.camera.pause();
    await until(() => rig.webrtc.statistics().packetsRetransmitted > 50, 'retransmissions');
    const sequence = new Set(browser.packets.map(({ header }) => header.sequenceNumber));
    const settled = [...sequence].sort((a, b) => a - b).slice(0, -200);
    const span = (settled.at(-1) as number) - (settled[0] as number) + 1;
    expect(settled.length / span).toBeGreaterThan(0.98);
  });

  it('sends a packet twice when it is requested again, because the answer was lost too', async () => {
    let toLose = 0;
    await start((run, send) => {
      thinned(run, () => run.count === 1 && toLose-- > 0);
      return send(run);
    });
    rig.camera.frame(true);
    // The short picture and its first repair, runs of one packet.
    toLose = 2;
    rig.camera.frame(false, 500);
    rig.camera.frame(false);
    await until(() => browser.frames.length >= 3, 'all pictures');
    expect(rig.webrtc.statistics().packetsRetransmitted).toBe(3);
  });

  it('skips to the next key frame when the system takes no more, and counts what it left out', async () => {
    let isFull = false;
    const viewer = await start((run, send) => (isFull ? 'full' : send(run)));
    for (let frame = 0; frame < 3; frame++) rig.camera.frame(frame === 0);
    isFull = true;
    rig.camera.frame(false);
    isFull = false;
    for (let frame = 0; frame < 3; frame++) rig.camera.frame(false);
    rig.camera.frame(true);
    rig.camera.frame(false);
    await until(() => browser.frames.length >= 5, 'five pictures');
    // Picture 3 may follow: the viewer asks for what it missed.
    expect(browser.frames.slice(0, 5).map(({ number }) => number)).toEqual([0, 1, 2, 7, 8]);
    expect(viewer.statistics.skippedFrames).toBe(4);
  });

  it('answers a request for a key frame from the cache, and not more often than is useful', async () => {
    await start();
    for (let frame = 0; frame < 5; frame++) rig.camera.frame(frame === 0);
    await until(() => browser.frames.length >= 5, 'five pictures');
    // Far enough from the replay at the start.
    await new Promise((resolve) => setTimeout(resolve, 600));
    for (let times = 0; times < 5; times++) await browser.requestKeyframe();
    await until(() => browser.frames.length >= 10, 'the group again');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { frames } = browser;
    expect(frames.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    expect(frames.every((frame, index) => index === 0 || frame.timestamp > (frames[index - 1]?.timestamp ?? 0))).toBe(
      true,
    );
    expect(frames.map(isOld), 'what is sent again says so').toEqual([...Array(5).fill(false), ...Array(5).fill(true)]);
    rig.camera.frame(false);
    await until(() => frames.length < browser.frames.length, 'the next picture');
    expect(browser.frames.map(isOld).at(-1), 'and what comes next is news again').toBe(false);
  });

  it('repeats nothing for a viewer who has everything that a silent camera sent', async () => {
    const viewer = await start();
    for (let frame = 0; frame < 5; frame++) rig.camera.frame(frame === 0);
    await until(() => rig.hub.streams()[0]?.state.phase === 'stalled', 'silence');
    await until(() => viewer.statistics.lossPercent !== undefined, 'a report of the receiver');
    await browser.requestKeyframe();
    await new Promise((resolve) => setTimeout(resolve, 100));
    rig.camera.frame(false);
    await until(() => browser.frames.length >= 6, 'the next picture');
    expect(browser.frames.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('marks the last pictures of a silent camera as old when it sends them again', async () => {
    await start();
    for (let frame = 0; frame < 5; frame++) rig.camera.frame(frame === 0);
    const late = new TestBrowser();
    const viewer = await rig.open(await late.offer());
    await until(() => rig.hub.streams()[0]?.state.phase === 'stalled', 'silence');
    await late.accept(viewer.answer);
    await until(() => late.frames.length === 5, 'what there is');
    expect(late.frames.map(isOld)).toEqual(Array(5).fill(true));
    await late.close();
  });

  it('survives a viewer who is closed in the middle of a picture; the others get all of it', async () => {
    let closeNow = () => {};
    const viewer = await start((run, send) => {
      closeNow();
      return send(run);
    });
    const other = new TestBrowser();
    const second = await rig.open(await other.offer());
    await other.accept(second.answer);
    await until(() => second.isConnected, 'a second connection');
    closeNow = () => viewer.close();
    // Several runs: the limit of one is 64 packets.
    rig.camera.frame(true, 80_000);
    closeNow = () => {};
    rig.camera.frame(false);
    await until(() => other.frames.length === 2, 'two pictures at the other viewer');
    expect(await viewer.closed).toMatchObject({ code: 'viewer-lost' });
    expect(rig.webrtc.statistics().viewers).toBe(1);
    await other.close();
  });
});
