import { expect, type Page, test } from '@playwright/test';
import { openDashboard, screenshot } from './dashboard.ts';
import { freePort, type Gateway, manyCameras, startCameras, startGateway } from './gateway.ts';

const TILES = 36;
const MAX_SCRIPT_SHARE = 0.1;
const MEASURED_MS = 8000;

// A recording of 36 moving pictures would cost more than what is measured.
test.use({ trace: 'off' });

let gateway: Gateway;
let cameras: { kill(): Promise<void> };

test.beforeAll(async () => {
  const port = await freePort();
  cameras = await startCameras(port);
  gateway = await startGateway({
    config: { limits: { maxViewers: 100 }, sources: { lingerSeconds: 15 }, cameras: manyCameras(port, TILES) },
    args: [],
  });
});
test.afterAll(async () => {
  await cameras.kill();
  await gateway.stop();
});

/** Each state and sentence with the number of tiles that show it, for when not all have a picture. */
function tileStates(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() => {
    const counts: Record<string, number> = {};
    for (const tile of document.querySelectorAll<HTMLElement>('.tile')) {
      const state = `${tile.dataset.mark} ${tile.querySelector('.tile-message p')?.textContent ?? ''}`;
      counts[state] = (counts[state] ?? 0) + 1;
    }
    return counts;
  });
}

/** How many tiles have shown a picture since they were opened. */
function tilesWithPicture(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      [...document.querySelectorAll('[data-camera]')].filter((tile) =>
        [...tile.querySelectorAll('video')].some((video) => video.videoWidth > 0),
      ).length,
  );
}

/** Processor time of the page's own scripts, as a share of one core. */
async function scriptShare(page: Page, forMs: number): Promise<number> {
  const inspector = await page.context().newCDPSession(page);
  await inspector.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<number> => {
    const { metrics } = await inspector.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN;
  };
  const [before, startedMs] = [await read(), Date.now()];
  await page.waitForTimeout(forMs);
  return ((await read()) - before) / ((Date.now() - startedMs) / 1000);
}

test('36 tiles show their small streams, and the page itself costs less than a tenth of a core', async ({ page }) => {
  test.setTimeout(180_000);
  await openDashboard(page, gateway);
  await expect
    .poll(() => tilesWithPicture(page), { timeout: 90_000 })
    .toBe(TILES)
    .catch(async () => expect(await tileStates(page)).toEqual({ 'live ': TILES }));
  expect(await scriptShare(page, MEASURED_MS)).toBeLessThan(MAX_SCRIPT_SHARE);
  await screenshot(page, 'grid-36');

  await test.step('tiles that nobody sees stop', async () => {
    const watched = async (): Promise<number> => {
      const viewers = (await (await page.request.get(`${gateway.url}/api/viewers`)).json()) as { camera: string }[];
      return new Set(viewers.map(({ camera }) => camera)).size;
    };
    expect(await watched()).toBeGreaterThan(4);
    await page.keyboard.press('2');
    await expect.poll(watched, { timeout: 30_000 }).toBe(4);
    await expect(page.locator('[data-camera]:visible')).toHaveCount(4);
    await screenshot(page, 'grid-page-1-of-9');
    // Their videos wait, ready to go on.
    await expect(page.locator('[data-camera]')).toHaveCount(TILES);
  });
});
