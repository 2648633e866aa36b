import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RTCCertificate, RTCDtlsTransport } from 'werift';
import { startTestRig, TestBrowser, type TestRig, until } from '../testing/rig.ts';
import { checkWerift, gatewayCertificate, weriftDtls } from './werift-internals.ts';

/** The client's engine in a browser that is about to connect. */
function transportOf(browser: TestBrowser): RTCDtlsTransport {
  return browser.pc.dtlsTransports[0] as RTCDtlsTransport;
}

/** Another certificate than the process-wide one. */
async function newCertificate(): Promise<RTCCertificate> {
  const { localCertificate, localCertificatePromise } = RTCDtlsTransport as unknown as Record<string, unknown>;
  Object.assign(RTCDtlsTransport, { localCertificate: undefined, localCertificatePromise: undefined });
  const certificate = await RTCDtlsTransport.SetupCertificate();
  Object.assign(RTCDtlsTransport, { localCertificate, localCertificatePromise });
  return certificate;
}

describe('the proof of the peer key', () => {
  let rig: TestRig;
  let browser: TestBrowser;
  beforeEach(async () => {
    rig = await startTestRig();
    rig.camera.play(10);
    browser = new TestBrowser();
  });
  afterEach(async () => {
    await browser.close().catch(() => undefined);
    await rig.close();
  });

  it('refuses a peer that shows a certificate whose key it does not hold', async () => {
    const other = await newCertificate();
    const viewer = await rig.open(await browser.offer());
    const certificate = transportOf(browser).localCertificate as RTCCertificate;
    // The attacker has seen the certificate, which is public, and signs with a key of its own.
    transportOf(browser).localCertificate = Object.assign(Object.create(RTCCertificate.prototype), certificate, {
      privateKey: other.privateKey,
      getFingerprints: () => certificate.getFingerprints(),
    });
    void browser.accept(viewer.answer).catch(() => undefined);
    const reason = await viewer.closed;
    expect(reason.message).toContain('could not prove its key (CertificateVerify)');
    expect(browser.packets).toHaveLength(0);
  });

  it('refuses a peer whose Finished does not match the handshake', async () => {
    const viewer = await rig.open(await browser.offer());
    transportOf(browser).onStateChange.subscribe((state) => {
      if (state !== 'connecting') return;
      queueMicrotask(() => {
        const { cipher } = weriftDtls(transportOf(browser)) as unknown as { cipher: { verifyData: () => Buffer } };
        cipher.verifyData = () => Buffer.alloc(12, 7);
      });
    });
    void browser.accept(viewer.answer).catch(() => undefined);
    expect((await viewer.closed).message).toContain('could not prove its key (Finished)');
  });

  it('refuses a peer with another certificate than the offer names', async () => {
    const viewer = await rig.open(await browser.offer());
    transportOf(browser).localCertificate = await newCertificate();
    void browser.accept(viewer.answer).catch(() => undefined);
    expect((await viewer.closed).code).toBe('viewer-lost');
  });

  it('lets an honest peer in', async () => {
    const viewer = await rig.open(await browser.offer());
    await browser.accept(viewer.answer);
    await until(() => browser.frames.length > 0, 'a picture');
    expect(viewer.isConnected).toBe(true);
  });
});

describe('the pinned werift', () => {
  it('has every property that we touch', async () => {
    const certificate = await gatewayCertificate();
    expect(() => checkWerift(certificate)).not.toThrow();
  });
});
