import { expect, type Page, test } from '@playwright/test';
import { complaints } from './axe.ts';
import { openDashboard, screenshot } from './dashboard.ts';
import { type Gateway, startGateway } from './gateway.ts';

const PAGES = [
  ['grid', '/', 'Cameras'],
  ['opened camera', '/?open=harbour', 'Cameras'],
  ['camera page', '/cameras/harbour', 'Harbour'],
  ['account', '/account', 'My account'],
  ['people', '/people', 'People and access'],
  ['share links', '/shares', 'Share links'],
  ['who is watching', '/viewers', 'Who is watching'],
  ['audit log', '/audit', 'Audit log'],
] as const;

let gateway: Gateway;
let page: Page;

test.beforeAll(async ({ browser }) => {
  gateway = await startGateway();
  page = await browser.newPage();
  await openDashboard(page, gateway);
});
test.afterAll(async () => {
  await page.close();
  await gateway.stop();
});

async function openPage(path: string, heading: string): Promise<void> {
  await page.goto(gateway.url + path);
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeAttached();
}

test('the sign-in page: axe has nothing to complain about', async ({ browser }) => {
  const stranger = await browser.newPage();
  await stranger.goto(gateway.url);
  await expect(stranger.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(await complaints(stranger)).toEqual([]);
  await screenshot(stranger, 'sign-in');
  await stranger.close();
});

for (const theme of ['dark', 'light'] as const) {
  for (const [name, path, heading] of PAGES) {
    test(`${name}, ${theme}: axe has nothing to complain about`, async () => {
      await page.evaluate((chosen) => localStorage.setItem('oriel-theme', chosen), theme);
      await openPage(path, heading);
      await page.waitForTimeout(500);
      expect(await complaints(page)).toEqual([]);
      await screenshot(page, `${name.replaceAll(' ', '-')}-${theme}`);
    });
  }
}

test('dialogs: axe has nothing to complain about, and the focus comes back', async () => {
  await page.goto(gateway.url);
  for (const name of ['Add camera', 'Choose a password']) {
    const opener = page.getByRole('button', { name }).first();
    await opener.click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await complaints(page), name).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(opener).toBeFocused();
  }
});

test('everything on the grid is reached and done with the keyboard alone', async () => {
  await page.goto(gateway.url);
  const tile = (id: string) => page.locator(`[data-camera=${id}]`);
  await expect(tile('driveway')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(tile('harbour').locator('.tile-open')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/open=harbour/);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(`${gateway.url}/`);
  await expect(tile('harbour').locator('.tile-open')).toBeFocused();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(page.locator('[data-camera]').first()).toHaveAttribute('data-camera', 'harbour');
  await expect(page.getByText('Harbour moved to place 1 of 5.')).toBeAttached();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('1');
  await expect(page.getByText('1/5')).toBeVisible();
});

test('at 200 % zoom nothing is cut off sideways', async () => {
  // A window of half the size is what zooming to 200 % gives the page.
  await page.setViewportSize({ width: 720, height: 450 });
  for (const [, path, heading] of PAGES) {
    await openPage(path, heading);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, path).toBe(0);
  }
});
