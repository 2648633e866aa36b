import { expect, test } from '@playwright/test';
import { openDashboard, screenshot, untilLive } from './dashboard.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { isLive, pageLike, untilPlayer } from './player-page.ts';

test.use({ locale: 'de-AT' });

const PAGES = [
  ['/cameras/harbour', 'Messwerte'],
  ['/people', 'Tokens für Programme'],
  ['/shares', 'Geteilte Links'],
  ['/viewers', 'Wer sieht zu'],
  ['/audit', 'Protokoll'],
  ['/account', 'Angemeldete Browser'],
] as const;

let gateway: Gateway;

test.beforeAll(async () => {
  gateway = await startGateway();
});
test.afterAll(async () => {
  await gateway.stop();
});

test('a browser that asks for German is spoken to in German, on every page', async ({ page }) => {
  await openDashboard(page, gateway);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByPlaceholder('Kamera suchen')).toBeVisible();
  await untilLive(page, 'harbour');
  await screenshot(page, 'grid-german');
  for (const [path, heading] of PAGES) {
    await page.goto(gateway.url + path);
    await expect(page.getByRole('heading', { name: heading }).first()).toBeVisible();
    await screenshot(page, `german${path.replaceAll('/', '-')}`);
  }
  await page.goto(`${gateway.url}/embed/harbour`);
  await untilPlayer(pageLike(page), isLive());
  await expect(page.getByRole('toolbar', { name: 'Bedienung' })).toBeAttached();
});

test('what the gateway refuses is said in German too', async ({ page }) => {
  await page.goto(`${gateway.url}/embed/harbour`);
  await expect(page.getByText('Sie sind abgemeldet. Melden Sie sich erneut an.')).toBeVisible();
});
