import { expect, type Page, test } from '@playwright/test';
import { followSignInLink } from './dashboard.ts';
import { freePort, type Gateway, startCameras, startGateway } from './gateway.ts';
import { median, readPictures } from './picture-age.ts';
import { coloursOf } from './picture-colours.ts';
import { pageLike } from './player-page.ts';

const MAX_AGE_MS = 300;
/** As startGateway sets it. */
const LINGER_MS = 1000;

let gateway: Gateway;

async function signIn(page: Page, to: Gateway): Promise<void> {
  await followSignInLink(page, to.signInLink);
  await expect(page).toHaveURL(`${to.url}/`);
}

test.describe('the grid of demo cameras', () => {
  test.beforeAll(async () => {
    gateway = await startGateway();
  });
  test.afterAll(async () => {
    const { code, tookMs } = await gateway.stop();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5000);
  });

  test('five cameras are live, and each picture is fresh by its frame number', async ({ page }) => {
    await signIn(page, gateway);
    await expect(page.locator('video')).toHaveCount(5);
    await expect
      .poll(async () => (await readPictures(page, 'video', 1000)).filter(({ frames }) => frames >= 12).length, {
        timeout: 20_000,
      })
      .toBe(5);
    const pictures = await readPictures(page, 'video', 4000);
    await page.screenshot({ path: 'test-results/screenshots/grid.png' });
    for (const { frames, agesMs, width } of pictures) {
      // The small stream where a camera has one: 15 pictures a second; the Kasa camera has but one stream, of 25.
      expect(frames).toBeGreaterThan(width === 640 ? 50 : 80);
      expect(median(agesMs)).toBeLessThan(MAX_AGE_MS);
      expect(median(agesMs)).toBeGreaterThan(-20);
    }
  });

  test('a link that was used, and no link at all, open nothing', async ({ page }) => {
    await page.goto(gateway.url);
    await expect(page.locator('video')).toHaveCount(0);
    await followSignInLink(page, gateway.signInLink);
    await expect(page.getByText('This link was used before')).toBeVisible();
    await expect(page.locator('video')).toHaveCount(0);
    for (const path of ['/api/cameras', '/metrics', '/api/cameras/driveway/live.mp4']) {
      expect((await page.request.get(gateway.url + path)).status(), path).toBe(401);
    }
    for (const path of ['/healthz', '/readyz']) expect((await page.request.get(gateway.url + path)).status()).toBe(200);
  });
});

test.describe('a camera that dies', () => {
  test('is said to be offline within 5 s, and is live again without a reload', async ({ page }) => {
    const rtspPort = await freePort();
    let cameras = await startCameras(rtspPort);
    const url = `rtsp://127.0.0.1:${rtspPort}/driveway/main`;
    const camera = { id: 'yard', name: 'Yard', url, username: 'demo', password: 'demo-camera' };
    const own = await startGateway({ config: { cameras: [camera] }, args: [] });
    try {
      await signIn(page, own);
      const frames = async (): Promise<number> => (await readPictures(page, 'video', 800))[0]?.frames ?? 0;
      await expect.poll(frames, { timeout: 20_000 }).toBeGreaterThan(10);

      await cameras.kill();
      await expect(page.getByText(/^Offline since/)).toBeVisible({ timeout: 5000 });
      await page.screenshot({ path: 'test-results/screenshots/offline.png' });
      // Whoever comes back after everybody had left still sees what the camera saw last.
      await page.goto('about:blank');
      await page.waitForTimeout(LINGER_MS + 1000);
      await page.goto(own.url);
      await expect(page.getByText(/^Offline since/)).toBeVisible();
      await expect.poll(() => coloursOf(pageLike(page), '.tile-still')).toBeGreaterThan(100);
      await page.screenshot({ path: 'test-results/screenshots/offline-reloaded.png' });

      cameras = await startCameras(rtspPort);
      await expect.poll(frames, { timeout: 40_000 }).toBeGreaterThan(10);
      await expect(page.getByText(/^Offline since/)).toBeHidden();
      const [picture] = await readPictures(page, 'video', 2000);
      expect(median(picture?.agesMs ?? [])).toBeLessThan(MAX_AGE_MS);
    } finally {
      await cameras.kill();
      await own.stop();
    }
  });
});
