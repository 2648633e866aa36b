import { type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';
import { startBufferingProxy } from './buffering-proxy.ts';
import { CHROMIUM_ARGS } from './chromium-args.ts';
import { type Cameras, freePort, type Gateway, startCameras, startGateway } from './gateway.ts';
import { median, readPictures } from './picture-age.ts';
import { type Cookie, isLive, type PlayerFacts, pageLike, signInOnce, untilPlayer } from './player-page.ts';

let gateway: Gateway;
let cookie: Cookie;

test.beforeAll(async () => {
  gateway = await startGateway();
  cookie = await signInOnce(gateway);
});

test.afterAll(async () => {
  await gateway.stop();
});

test.beforeEach(({ context }) => context.addCookies([cookie]));

/** Neither UDP nor TCP of WebRTC leads anywhere: a browser that may use relays only, of which there are none. */
function blockWebrtc(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    const Real = RTCPeerConnection;
    window.RTCPeerConnection = new Proxy(Real, {
      construct: (target, [config]) => new target({ ...config, iceTransportPolicy: 'relay' }),
    });
  });
}

async function open(page: Page, address = `${gateway.url}/embed/driveway?quality=main`): Promise<void> {
  await page.goto(address, { waitUntil: 'commit' });
}

/** A live picture, by its frame numbers, without a reload of the page. */
async function expectLive(page: Page, withinMs: number): Promise<PlayerFacts> {
  await untilPlayer(pageLike(page), isLive(), 30_000);
  await expect.poll(() => pictureAge(page), { timeout: 40_000 }).toBeLessThan(withinMs);
  return untilPlayer(pageLike(page), isLive());
}

/** Over two seconds; not a number while the picture does not move. */
async function pictureAge(page: Page): Promise<number> {
  const [picture] = await readPictures(page, 'video:not([aria-hidden])', 2000);
  return median(picture?.agesMs ?? []);
}

/** By the same way as before, and by no other in between. */
async function expectBackByWebrtc(page: Page): Promise<void> {
  await untilPlayer(pageLike(page), isLive('webrtc'), 60_000);
  expect(await expectLive(page, 300)).toMatchObject({ transport: 'webrtc', switches: 0 });
}

test('UDP blocked: WebRTC comes by TCP, without another way before or after', async () => {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [...CHROMIUM_ARGS, '--force-webrtc-ip-handling-policy=disable_non_proxied_udp'],
  });
  try {
    const page = await signedInPage(await browser.newContext());
    await open(page);
    expect(await expectLive(page, 1000)).toMatchObject({ transport: 'webrtc', switches: 0 });
  } finally {
    await browser.close();
  }
});

async function signedInPage(context: BrowserContext): Promise<Page> {
  await context.addCookies([cookie]);
  return context.newPage();
}

test('all of WebRTC blocked: live.mp4 within 3 s, and it stays', async ({ page }) => {
  await blockWebrtc(page);
  await open(page);
  const openedAtMs = Date.now();
  await untilPlayer(pageLike(page), isLive('mp4'));
  expect(Date.now() - openedAtMs).toBeLessThan(5000);
  await page.waitForTimeout(15_000);
  expect(await expectLive(page, 300)).toMatchObject({ transport: 'mp4', switches: 0 });
});

test('a proxy that buffers responses: LL-HLS, and it stays', async ({ page }) => {
  await blockWebrtc(page);
  const proxy = await startBufferingProxy(gateway.url);
  try {
    await open(page, `${proxy.url}/embed/driveway?quality=main`);
    await untilPlayer(pageLike(page), isLive('hls'));
    await page.waitForTimeout(15_000);
    expect(await expectLive(page, 500)).toMatchObject({ transport: 'hls', switches: 0 });
  } finally {
    await proxy.close();
  }
});

test('the gateway killed and restarted: the same way again, no switch', async ({ page }) => {
  await open(page);
  await untilPlayer(pageLike(page), isLive('webrtc'));
  await page.waitForTimeout(3000);
  await gateway.kill();
  await untilPlayer(pageLike(page), (facts) => facts.phase === 'frozen' && facts.culprit === 'gateway');
  await gateway.restart();
  await untilPlayer(pageLike(page), isLive('webrtc'), 30_000);
  await expectBackByWebrtc(page);
});

test('a network as slow as 3G: the sub-stream by one way', async ({ page }) => {
  await blockWebrtc(page);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: (1600 * 1000) / 8,
    uploadThroughput: (750 * 1000) / 8,
  });
  await open(page, `${gateway.url}/embed/driveway?quality=sub`);
  expect(await expectLive(page, 2000)).toMatchObject({ transport: 'mp4', quality: 'sub', switches: 0 });
});

/** Cameras in a process of their own, so that they can be stopped and killed. */
test.describe('a camera', () => {
  let far: Gateway;
  let cameras: Cameras;
  let rtspPort: number;
  let page: Page;

  test.beforeEach(async ({ context }) => {
    rtspPort = await freePort();
    cameras = await startCameras(rtspPort);
    const url = (path: string) => `rtsp://127.0.0.1:${rtspPort}/driveway/${path}`;
    const camera = { id: 'far', name: 'Far', url: url('main'), substream: url('sub') };
    const config = { cameras: [{ ...camera, username: 'demo', password: 'demo-camera' }] };
    far = await startGateway({ args: [], config });
    await context.addCookies([await signInOnce(far)]);
    page = await context.newPage();
    await open(page, `${far.url}/embed/far?quality=main`);
    await untilPlayer(pageLike(page), isLive('webrtc'));
  });

  test.afterEach(async () => {
    await page.close();
    await far.stop();
    await cameras.kill();
  });

  test('that goes away and comes back: named, then live again by the same way', async () => {
    await cameras.kill();
    await untilPlayer(pageLike(page), ({ phase, message }) => phase === 'offline' && message !== undefined);
    cameras = await startCameras(rtspPort);
    await untilPlayer(pageLike(page), isLive('webrtc'), 60_000);
    await expectBackByWebrtc(page);
  });

  test('that stalls: shown as frozen by its fault, then live again by the same way', async () => {
    cameras.freeze(true);
    await untilPlayer(pageLike(page), ({ phase, culprit }) => phase === 'frozen' && culprit === 'camera');
    await page.waitForTimeout(3000);
    cameras.freeze(false);
    await untilPlayer(pageLike(page), isLive('webrtc'), 60_000);
    await expectBackByWebrtc(page);
  });
});
