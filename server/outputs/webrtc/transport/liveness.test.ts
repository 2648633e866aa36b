import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../auth/principal.ts';
import { testRight } from '../../../hub/testing/test-right.ts';
import { BadNetwork } from '../testing/bad-network.ts';
import { CAMERA, startTestRig, TestBrowser, type TestRig, until } from '../testing/rig.ts';

const ADA: Principal = {
  kind: 'user',
  who: 'ada',
  role: 'viewer',
  right: testRight(),
  cameras: 'all',
  mayListen: true,
  qualityCeiling: 'main',
};
const LONG_MS = 60_000;

let rig: TestRig;
beforeEach(async () => {
  rig = await startTestRig();
  rig.camera.play(25);
});
afterEach(() => rig.close());

describe('a viewer in a bad network', () => {
  let network: BadNetwork;
  let browser: TestBrowser;
  beforeEach(async () => {
    network = await BadNetwork.open(rig.webrtc.port);
    browser = new TestBrowser();
    const view = await rig.open(network.offer(await browser.offer()));
    await browser.accept(network.answer(view.answer));
    await until(() => browser.frames.length > 5, 'pictures', LONG_MS);
  });
  afterEach(async () => {
    await browser.close();
    network.close();
  });

  it(
    'stays while a third of its packets is lost, and when the network comes back after 7.5 s',
    async () => {
      network.lossPercent = 30;
      await sleep(12_000);
      expect(rig.hub.viewers()).toHaveLength(1);
      network.lossPercent = 100;
      await sleep(7500);
      network.lossPercent = 0;
      const before = browser.packets.length;
      await until(() => browser.packets.length > before + 50, 'pictures again', LONG_MS);
      expect(rig.hub.viewers()).toHaveLength(1);
    },
    LONG_MS,
  );

  it(
    'is given up when the network stays away, by WHEP, where nothing else would tell',
    async () => {
      network.lossPercent = 100;
      await until(() => rig.hub.viewers().length === 0, 'its end', 15_000);
      await until(() => rig.webrtc.connections.all.length === 0, 'the end of its connection');
    },
    LONG_MS,
  );
});

describe('a page whose browser is killed', () => {
  const page = {};
  let child: ChildProcess;
  afterEach(() => child.kill('SIGKILL'));

  it(
    'is gone 5 s after its socket has closed',
    async () => {
      const program = new URL('../testing/remote-browser.ts', import.meta.url).pathname;
      child = spawn(process.execPath, ['--import', 'tsx', program, '{}'], { stdio: ['pipe', 'pipe', 'inherit'] });
      let pictures = 0;
      let offer = '';
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        const said = JSON.parse(line) as { offer?: string; pictures?: number };
        offer ||= said.offer ?? '';
        pictures = said.pictures ?? 0;
      });
      await until(() => offer !== '', 'an offer', LONG_MS);
      const { answer } = await rig.webrtc.connections.negotiate({
        offer,
        principal: ADA,
        signaller: page,
        ended: () => {},
        lines: [{ mid: '0', camera: CAMERA, quality: 'main', principal: ADA }],
      });
      child.stdin?.write(`${JSON.stringify({ answer })}\n`);
      await until(() => pictures > 5, 'pictures', LONG_MS);
      // A page that is only changing to its next socket stays, because its browser still sends packets.
      rig.webrtc.connections.signallerLeft(page);
      await sleep(6000);
      expect(rig.hub.viewers()).toHaveLength(1);
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      const killedMs = performance.now();
      await until(() => rig.hub.viewers().length === 0, 'its end', 10_000);
      expect(performance.now() - killedMs).toBeLessThan(5000);
    },
    LONG_MS,
  );
});
