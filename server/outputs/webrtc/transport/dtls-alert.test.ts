import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestRig, TestBrowser, type TestRig, until } from '../testing/rig.ts';
import { closeNotify } from './dtls-alert.ts';
import { weriftDtls } from './werift-internals.ts';

describe('an alert', () => {
  let rig: TestRig;
  let browser: TestBrowser;
  beforeEach(async () => {
    rig = await startTestRig();
    browser = new TestBrowser();
  });
  afterEach(async () => {
    await browser.close();
    await rig.close();
  });

  const inject = (bytes: Uint8Array) => browser.pc.iceTransports[0]?.connection.send(Buffer.from(bytes));

  it.each([
    ['in the clear', () => Uint8Array.of(21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40)],
    ['with forged protection', () => Uint8Array.of(21, 254, 253, 0, 1, 0, 0, 0, 0, 0, 9, 0, 26, ...new Uint8Array(26))],
    ['cut short', () => Uint8Array.of(21, 254, 253)],
    [
      'a ClientHello that would start over',
      () => Uint8Array.of(22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ],
  ])('%s ends nobody', async (_name, packet) => {
    const viewer = await rig.open(await browser.offer());
    await browser.accept(viewer.answer);
    await until(() => viewer.isConnected, 'a connection');
    await inject(packet());
    await new Promise((resolve) => setTimeout(resolve, 100));
    rig.camera.frame(true);
    await until(() => browser.frames.length === 1, 'a picture');
    expect(rig.webrtc.statistics().viewers).toBe(1);
  });

  it('made with the keys of the session ends it', async () => {
    const viewer = await rig.open(await browser.offer());
    await browser.accept(viewer.answer);
    await until(() => viewer.isConnected, 'a connection');
    const transport = browser.pc.dtlsTransports[0];
    if (transport) await inject(closeNotify(weriftDtls(transport)));
    expect((await viewer.closed).message).toBe('The viewer left.');
  });
});
