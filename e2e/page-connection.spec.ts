import { type Browser, expect, type Page, test } from '@playwright/test';
import { openDashboard, untilLive } from './dashboard.ts';
import { type Cameras, freePort, type Gateway, startCameras, startGateway } from './gateway.ts';
import { readPictures } from './picture-age.ts';

const OWNERS_TOKEN = 'journeys-of-many-tiles';
const OWNER = { headers: { authorization: `Bearer ${OWNERS_TOKEN}` } };
const ENDED_WITHIN_MS = 2000;
const RECOVERED_WITHIN_MS = 15_000;

let gateway: Gateway;
let cameras: Cameras;
/** The third tile's camera has a process of its own, to die alone. */
let mortal: Cameras;
let mortalPort: number;
let page: Page;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  const port = await freePort();
  mortalPort = await freePort();
  cameras = await startCameras(port);
  mortal = await startCameras(mortalPort);
  const login = { username: 'demo', password: 'demo-camera' };
  const list = ['driveway', 'harbour', 'garden', 'warehouse'].map((id) => {
    const url = `rtsp://127.0.0.1:${id === 'garden' ? mortalPort : port}/${id}`;
    return { id, name: id, url: `${url}/main`, substream: `${url}/sub`, ...login };
  });
  const tokens = [{ name: 'journeys', role: 'admin', token: OWNERS_TOKEN }];
  // A tile that comes back finds its stream still running: what is watched here is the page.
  gateway = await startGateway({
    config: { auth: { tokens }, sources: { lingerSeconds: 60 }, cameras: list },
    args: [],
  });
  page = await openCounted(browser);
  await openDashboard(page, gateway);
});
test.afterAll(async () => {
  await page.context().close();
  await gateway.stop();
  await Promise.all([cameras.kill(), mortal.kill()]);
});

/** A page that knows its peer connections. */
async function openCounted(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const counted = await context.newPage();
  await counted.addInitScript(() => {
    const Native = RTCPeerConnection;
    const peers: RTCPeerConnection[] = [];
    const counting = new Proxy(Native, {
      construct: (target, values) => {
        const peer = Reflect.construct(target, values) as RTCPeerConnection;
        peers.push(peer);
        return peer;
      },
    });
    Object.assign(window, { RTCPeerConnection: counting, peers });
  });
  return counted;
}

/** How many m-lines are in use on each connection that is open. */
function lines(): Promise<number[]> {
  return page.evaluate(() =>
    (window as unknown as { peers: RTCPeerConnection[] }).peers
      .filter(({ connectionState }) => connectionState === 'connected')
      .map((peer) => peer.getTransceivers().filter(({ currentDirection }) => currentDirection === 'recvonly').length),
  );
}

async function viewers(): Promise<{ id: string; camera: string; kind: string }[]> {
  return (await page.request.get(`${gateway.url}/api/viewers`, OWNER)).json();
}

async function moving(): Promise<number> {
  const pictures = await readPictures(page, '.grid-tile:not([hidden]) video:not([aria-hidden])', 700);
  return pictures.filter(({ frames }) => frames >= 5).length;
}

test('the tiles of a page come over one connection, each a viewer of its own', async () => {
  for (const camera of ['driveway', 'harbour', 'garden', 'warehouse']) await untilLive(page, camera);
  expect(await lines()).toEqual([4]);
  expect((await viewers()).map(({ camera, kind }) => `${camera} ${kind}`).sort()).toEqual([
    'driveway webrtc',
    'garden webrtc',
    'harbour webrtc',
    'warehouse webrtc',
  ]);
  await expect.poll(moving).toBe(4);
});

test('tiles that leave the page let go of their m-lines, and those that come use them again', async () => {
  await page.keyboard.press('1');
  await expect.poll(() => viewers(), { timeout: 10_000 }).toHaveLength(1);
  await expect.poll(lines).toEqual([1]);
  for (let turn = 0; turn < 3; turn++) {
    await page.keyboard.press('2');
    await expect.poll(lines, { timeout: 10_000 }).toEqual([4]);
    await expect.poll(moving, { timeout: 10_000 }).toBe(4);
    await page.keyboard.press('1');
    await expect.poll(lines, { timeout: 10_000 }).toEqual([1]);
  }
  await page.keyboard.press('2');
  await expect.poll(moving, { timeout: 10_000 }).toBe(4);
  const sections = await page.evaluate(
    () =>
      (window as unknown as { peers: RTCPeerConnection[] }).peers
        .find(({ connectionState }) => connectionState === 'connected')
        ?.localDescription?.sdp.match(/^m=/gm)?.length,
  );
  expect(sections).toBeLessThanOrEqual(8);
});

test('a camera that dies takes no other tile with it, and comes back onto the same connection', async () => {
  await mortal.kill();
  await expect(page.locator('[data-camera="garden"] .tile')).toHaveAttribute('data-mark', /offline|frozen/, {
    timeout: 10_000,
  });
  await expect.poll(moving).toBe(3);
  mortal = await startCameras(mortalPort);
  await expect.poll(moving, { timeout: 40_000 }).toBe(4);
  await expect.poll(lines).toEqual([4]);
});

test('a view that somebody ends ends alone', async () => {
  const harbour = (await viewers()).find(({ camera }) => camera === 'harbour');
  await page.request.delete(`${gateway.url}/api/viewers/${harbour?.id}`, OWNER);
  await expect(page.locator('[data-camera="harbour"] .tile')).toHaveAttribute('data-mark', 'refused', {
    timeout: ENDED_WITHIN_MS,
  });
  await expect.poll(moving).toBe(3);
  await expect.poll(lines).toEqual([3]);
});

test('a gateway that was killed and starts again finds all tiles on one new connection', async () => {
  await page.reload();
  await expect.poll(moving, { timeout: 20_000 }).toBe(4);
  await gateway.kill();
  await expect.poll(moving, { timeout: 10_000 }).toBe(0);
  await gateway.restart();
  await expect.poll(moving, { timeout: RECOVERED_WITHIN_MS }).toBe(4);
  await expect.poll(lines, { timeout: RECOVERED_WITHIN_MS }).toEqual([4]);
});

test('a session that is taken away ends every tile within 2 s', async () => {
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const headers = { cookie: cookies, origin: gateway.url };
  // From outside of the page, which must not know that it signs itself out.
  await fetch(`${gateway.url}/api/session`, { method: 'DELETE', headers });
  const endedMs = Date.now();
  await expect(page.locator('video')).toHaveCount(0, { timeout: ENDED_WITHIN_MS });
  await expect.poll(viewers, { timeout: ENDED_WITHIN_MS }).toEqual([]);
  expect(Date.now() - endedMs).toBeLessThan(ENDED_WITHIN_MS);
});
