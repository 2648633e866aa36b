import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { CHROMIUM_ARGS } from './chromium-args.ts';
import { type Ears, growEars } from './ears.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { median, readPictures } from './picture-age.ts';
import { block, type Cookie, isLive, pageLike, signInOnce, untilPlayer } from './player-page.ts';

let gateway: Gateway;
let cookie: Cookie;

test.beforeAll(async () => {
  gateway = await startGateway();
  cookie = await signInOnce(gateway);
});

test.beforeEach(({ context }) => context.addCookies([cookie]));

test.afterAll(async () => {
  await gateway.stop();
});

const WAYS = [
  { transport: 'webrtc', blocked: [], withinMs: 150 },
  { transport: 'mp4', blocked: ['webrtc'], withinMs: 300 },
  { transport: 'hls', blocked: ['webrtc', 'mp4'], withinMs: 500 },
] as const;

for (const { transport, blocked, withinMs } of WAYS) {
  for (const camera of ['driveway', 'garden']) {
    test(`${transport} shows ${camera} less than ${withinMs} ms old`, async ({ page }) => {
      await block(page, blocked);
      await page.goto(`${gateway.url}/embed/${camera}?quality=main`, { waitUntil: 'commit' });
      await untilPlayer(pageLike(page), isLive(transport));
      await expect.poll(() => pictureAge(page), { timeout: 40_000 }).toBeLessThan(withinMs);
      expect(await untilPlayer(pageLike(page), isLive())).toMatchObject({ transport, switches: 0 });
    });
  }
}

test.describe('with sound', () => {
  let ears: Ears;
  let browser: Browser;

  test.beforeAll(async () => {
    ears = await growEars();
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: CHROMIUM_ARGS,
      env: { ...process.env, ...ears.env } as Record<string, string>,
      ignoreDefaultArgs: ['--mute-audio'],
    });
  });

  test.afterAll(async () => {
    await browser.close();
    await ears.close();
  });

  for (const { transport, blocked, withinMs } of WAYS) {
    test(`${transport} is heard, and its picture still less than ${withinMs} ms old`, async () => {
      const context = await browser.newContext();
      await context.addCookies([cookie]);
      const page = await context.newPage();
      await block(page, blocked);
      await page.goto(`${gateway.url}/embed/driveway?quality=main&muted=0`, { waitUntil: 'commit' });
      await untilPlayer(pageLike(page), isLive(transport));
      await ears.expectSound();
      await expect.poll(() => pictureAge(page), { timeout: 40_000 }).toBeLessThan(withinMs);
      await ears.expectSound();
      expect(await untilPlayer(pageLike(page), isLive())).toMatchObject({ transport });
      await context.close();
    });
  }
});

/** The age of the picture of the main stream, measured for two seconds. It is not a number while the picture does not move. */
async function pictureAge(page: Page): Promise<number> {
  const [picture] = await readPictures(page, 'video:not([aria-hidden])', 2000);
  return picture?.width === 1280 ? median(picture.agesMs) : Number.NaN;
}

test('the waterfall names every step to the first picture', async ({ page }) => {
  await page.goto(`${gateway.url}/embed/harbour`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive('webrtc'));
  await page.getByRole('button', { name: 'Statistics' }).click();
  for (const step of ['Arranging', 'Finding a path', 'Encrypting', 'First packet', 'Decode']) {
    await expect(page.locator('oriel-player').getByText(step, { exact: true })).toBeVisible();
  }
});

test('a snapshot is a file of the picture on the screen', async ({ page }) => {
  await page.goto(`${gateway.url}/embed/warehouse?quality=main`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive());
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save a snapshot' }).click();
  expect((await downloading).suggestedFilename()).toMatch(/^warehouse-.*\.png$/);
});

test('the sub-stream plays until the main one shows, with no black frame between', async ({ page }) => {
  await page.goto(`${gateway.url}/embed/driveway?quality=sub`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive('webrtc'));
  const darkest = page.evaluate(darkestPicture, 4000);
  await page.evaluate(() => document.querySelector('oriel-player')?.setAttribute('quality', 'main'));
  await untilPlayer(pageLike(page), (facts) => facts.quality === 'main');
  expect(await darkest).toBeGreaterThan(40);
});

test('players that leave the page leave nothing behind', async ({ page }) => {
  await page.goto(`${gateway.url}/embed/driveway?poster=none`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive());
  for (let round = 0; round < 10; round++) {
    await page.evaluate(() => {
      const element = document.querySelector('oriel-player');
      element?.replaceWith(element.cloneNode(true));
    });
    await page.waitForTimeout(round * 60);
  }
  await untilPlayer(pageLike(page), isLive());
  await expect.poll(() => viewers(page), { timeout: 15_000 }).toBe(1);
  await page.evaluate(() => document.querySelector('oriel-player')?.remove());
  await expect.poll(() => viewers(page), { timeout: 15_000 }).toBe(0);
});

async function viewers(page: Page): Promise<number> {
  const response = await page.request.get(`${gateway.url}/api/viewers`);
  return ((await response.json()) as unknown[]).length;
}

/** The lowest mean brightness of what the player showed, looked at in every animation frame. */
async function darkestPicture(forMs: number): Promise<number> {
  const element = document.querySelector('oriel-player') as unknown as { player: { video: HTMLVideoElement } };
  const canvas = document.createElement('canvas');
  canvas.width = 16;
  canvas.height = 9;
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  let darkest = 255;
  for (const endsAt = performance.now() + forMs; performance.now() < endsAt; ) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    context.clearRect(0, 0, 16, 9);
    context.drawImage(element.player.video, 0, 0, 16, 9);
    const { data } = context.getImageData(0, 0, 16, 9);
    darkest = Math.min(darkest, data.reduce((sum, value, at) => sum + (at % 4 === 3 ? 0 : value), 0) / (16 * 9 * 3));
  }
  return darkest;
}
