import { expect, type Page, test } from '@playwright/test';
import { openDashboard, screenshot, untilLive } from './dashboard.ts';
import { type Gateway, startGateway } from './gateway.ts';

let gateway: Gateway;
let page: Page;

// Each journey goes on where the one before it ended.
test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  gateway = await startGateway();
  page = await browser.newPage();
  await openDashboard(page, gateway);
});
test.afterAll(async () => {
  await page.close();
  await gateway.stop();
});

function order(): Promise<string[]> {
  return page
    .locator('[data-camera]')
    .evaluateAll((tiles) => tiles.map((tile) => (tile as HTMLElement).dataset.camera ?? ''));
}

async function middleOf(camera: string): Promise<{ x: number; y: number }> {
  const box = await page.locator(`[data-camera="${camera}"]`).boundingBox();
  return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
}

test('a tile is dragged to another place and stays there after a reload, its picture playing on', async () => {
  const [first = '', second = '', ...others] = await order();
  await untilLive(page, first);
  const video = page.locator(`[data-camera="${first}"] video`).first();
  await video.evaluate((element) => element.setAttribute('data-same', ''));
  const [from, to] = [await middleOf(first), await middleOf(second)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 40, from.y, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 6 });
  await screenshot(page, 'arrange-dragging');
  await page.mouse.up();
  const arranged = [second, first, ...others];
  await expect.poll(order).toEqual(arranged);
  expect(page.url()).toBe(`${gateway.url}/`);
  await expect(video).toHaveAttribute('data-same', '');
  await untilLive(page, first);
  await page.reload();
  await expect.poll(order).toEqual(arranged);
});

test('opening a tile brings its main stream; going back, the small one', async () => {
  const [camera = ''] = await order();
  await untilLive(page, camera);
  await page.locator(`[data-camera="${camera}"] .tile-open`).click();
  await expect(page).toHaveURL(new RegExp(`open=${camera}`));
  const widest = () =>
    page
      .locator(`[data-camera="${camera}"] video`)
      .evaluateAll((all) => Math.max(...all.map((video) => (video as HTMLVideoElement).videoWidth)));
  await expect.poll(widest, { timeout: 30_000 }).toBe(1280);
  await untilLive(page, camera);
  await screenshot(page, 'tile-opened');
  await page.goBack();
  await expect(page.locator('[data-camera]:visible')).toHaveCount(5);
});

test('pages of one camera, turned by key and by themselves', async () => {
  await page.keyboard.press('1');
  await expect(page.locator('[data-camera]:visible')).toHaveCount(1);
  await page.keyboard.press('PageDown');
  await expect(page.getByText('2/5')).toBeVisible();
  await page.goto(`${gateway.url}/?kiosk&layout=1&rotate=2`);
  await expect(page.getByRole('banner')).toHaveCount(0);
  const shown = () => page.locator('[data-camera]:visible').getAttribute('data-camera');
  const first = await shown();
  await expect.poll(shown).not.toBe(first);
  await screenshot(page, 'wall');
});

test('the focus layout gives one camera most of the window', async () => {
  await page.goto(gateway.url);
  await page.keyboard.press('6');
  const widths = () => page.locator('[data-camera]').evaluateAll((tiles) => tiles.map((tile) => tile.clientWidth));
  await expect.poll(async () => Math.max(...(await widths())) / Math.min(...(await widths()))).toBeGreaterThan(2);
  await screenshot(page, 'focus');
});
