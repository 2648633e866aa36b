import { expect, test } from '@playwright/test';
import { type DahuaDemo, startDahuaDemo } from '../server/simulators/dahua-demo.ts';
import { screenshot, untilLive } from './dashboard.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { median, readPictures } from './picture-age.ts';
import { type Cookie, isLive, pageLike, signInOnce, soundLevel, untilPlayer } from './player-page.ts';

const CLIP_MS = 10_000;
const DEVICES = [
  { id: 'open-direct', isOpen: true, isUnpunchable: false },
  { id: 'open-relay', isOpen: true, isUnpunchable: true },
  { id: 'locked-direct', isOpen: false, isUnpunchable: false },
  { id: 'locked-relay', isOpen: false, isUnpunchable: true },
];

const demos = new Map<string, DahuaDemo>();
let gateway: Gateway;
let cookie: Cookie;

const demoOf = (id: string): DahuaDemo => demos.get(id) as DahuaDemo;

/** Four clouds, each of which knows one device: the gateway has to find out which. */
test.beforeAll(async () => {
  const t0Ms = Math.floor(Date.now() / CLIP_MS) * CLIP_MS;
  for (const [index, { id, isOpen, isUnpunchable }] of DEVICES.entries()) {
    demos.set(id, await startDahuaDemo({ serial: `4C0A1B2PAJD3M1${index}`, t0Ms, isOpen, knobs: { isUnpunchable } }));
  }
  const cameras = DEVICES.map(({ id }) => ({ ...demoOf(id).camera, id, name: id }));
  const [first] = cameras;
  gateway = await startGateway({
    args: [],
    config: {
      log: { level: 'debug' },
      dahua: { clouds: [...demos.values()].map(({ cloud }) => cloud) },
      cameras: [
        ...cameras,
        { ...demoOf('locked-direct').camera, id: 'guessed', name: 'guessed', password: 'guess' },
        { ...first, id: 'stranger', name: 'stranger', url: 'dahua://4C0A1B2PAJ00000', substream: undefined },
      ],
    },
  });
  cookie = await signInOnce(gateway);
});
test.beforeEach(({ context }) => context.addCookies([cookie]));
test.afterAll(async () => {
  await gateway.stop();
  await Promise.all([...demos.values()].map((demo) => demo.close()));
});

for (const { id } of DEVICES) {
  test(`${id}: live in the browser by serial number, with sound`, async ({ page }) => {
    await page.goto(`${gateway.url}/embed/${id}?muted=0`, { waitUntil: 'commit' });
    await untilPlayer(pageLike(page), isLive('webrtc'), 40_000);
    const [picture] = await readPictures(page, 'video:not([aria-hidden])', 3000);
    expect(picture?.frames).toBeGreaterThan(20);
    expect(median(picture?.agesMs ?? [])).toBeLessThan(1000);
    expect(await soundLevel(pageLike(page))).toBeGreaterThan(0.01);
  });
}

test('a direct path that dies in the middle of the picture costs less than five seconds of it', async ({ page }) => {
  const { device } = demoOf('locked-direct');
  await page.goto(`${gateway.url}/embed/locked-direct`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive('webrtc'));
  const watched = page.evaluate(longestGap, 14_000);
  await page.waitForTimeout(3000);
  device.isDirectCut = true;
  const { gapMs, frames } = await watched;
  device.isDirectCut = false;
  expect(frames).toBeGreaterThan(100);
  expect(gapMs).toBeGreaterThan(1000);
  expect(gapMs).toBeLessThan(5000);
});

test('the tiles say what is wrong, each in its own sentence', async ({ page }) => {
  const tile = (camera: string) => page.locator(`[data-camera="${camera}"]`);
  const { device } = demoOf('open-relay');
  device.isOnline = false;
  device.isRelayCut = true;
  await page.goto(gateway.url);
  await untilLive(page, 'locked-relay');
  await expect(tile('guessed')).toContainText('refuses this user name or password');
  await expect(tile('stranger')).toContainText('does not know this serial number');
  await expect(tile('open-relay')).toContainText('it is not connected there', { timeout: 40_000 });
  await screenshot(page, 'dahua-states');
  device.isOnline = true;
  device.isRelayCut = false;
  await untilLive(page, 'open-relay');
  expect(demoOf('locked-direct').device.refusals).toBeLessThanOrEqual(1);
});

test('no serial number, password or key is in any log line', () => {
  const secrets = [...demos.values()].flatMap(({ device, camera, cloud }) => [
    device.serial,
    camera.password,
    cloud.key,
  ]);
  expect(gateway.log.join('\n')).toContain('dahua path is up');
  for (const line of gateway.log) for (const secret of secrets) expect(line).not.toContain(secret);
});

/** The longest time between two new pictures in the player, in the browser. */
async function longestGap(forMs: number): Promise<{ gapMs: number; frames: number }> {
  type Element = { player: { video: HTMLVideoElement } };
  const endsAt = performance.now() + forMs;
  let last = performance.now();
  let shown = -1;
  let frames = 0;
  let gapMs = 0;
  while (performance.now() < endsAt) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { video } = (document.querySelector('oriel-player') as unknown as Element).player;
    const { totalVideoFrames } = video.getVideoPlaybackQuality();
    if (totalVideoFrames === shown) continue;
    gapMs = Math.max(gapMs, performance.now() - last);
    frames += shown < 0 ? 0 : Math.max(0, totalVideoFrames - shown);
    last = performance.now();
    shown = totalVideoFrames;
  }
  return { gapMs: Math.max(gapMs, performance.now() - last), frames };
}
