import { expect, type Page, test } from '@playwright/test';
import { openDashboard, screenshot, untilLive } from './dashboard.ts';
import { freePort, type Gateway, startCameras, startGateway } from './gateway.ts';
import { readPictures } from './picture-age.ts';
import { coloursOf } from './picture-colours.ts';
import { pageLike } from './player-page.ts';

let gateway: Gateway;
let cameras: { kill(): Promise<void> };
let host: string;

test.beforeAll(async () => {
  const port = await freePort();
  host = `127.0.0.1:${port}`;
  cameras = await startCameras(port);
  gateway = await startGateway();
});
test.afterAll(async () => {
  await cameras.kill();
  await gateway.stop();
});

async function look(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(Test camera|Try again)$/ }).click();
}

test('the first camera: pasted, looked at, named, live, in under a minute', async ({ page }) => {
  await openDashboard(page, gateway);
  const startedMs = Date.now();
  const card = page.getByRole('region', { name: 'Add your first camera' });
  await expect(card).toBeVisible();
  await screenshot(page, 'first-run');
  await card.getByRole('textbox').fill(`rtsp://demo:wrong-password@${host}/harbour/main`);
  await card.getByRole('button', { name: 'Continue' }).click();

  const dialog = page.getByRole('dialog', { name: 'Add camera' });
  await expect(dialog.getByText('An RTSP camera. User name and password are taken out of the address.')).toBeVisible();
  await look(page);
  await expect(dialog.getByText('The camera refuses this user name or password.')).toBeVisible({ timeout: 20_000 });
  await expect(dialog.getByText('Check user name and password.')).toBeVisible();
  await screenshot(page, 'add-camera-wrong-password');

  await expect(dialog.getByLabel('Address, serial number or RTSP URL')).toHaveValue(`rtsp://${host}/harbour/main`);
  await dialog.getByLabel('Password').fill('demo-camera');
  await look(page);
  await expect(dialog.getByText('Asking the camera')).toBeVisible();
  await expect(dialog.getByText('1280 × 720, 25 fps')).toBeVisible({ timeout: 30_000 });
  await expect(dialog.getByText(/^H\.264, /).first()).toBeVisible();
  await expect.poll(() => coloursOf(pageLike(page), '.probe-picture')).toBeGreaterThan(100);
  await screenshot(page, 'add-camera-report');

  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('North pier – الرصيف');
  await dialog.getByRole('button', { name: 'Add camera' }).click();
  await expect(page).toHaveURL(/\?open=/);
  const id = new URL(page.url()).searchParams.get('open') ?? '';
  await untilLive(page, id);
  expect(Date.now() - startedMs).toBeLessThan(60_000);
  await expect
    .poll(async () => (await readPictures(page, `[data-camera="${id}"] video`, 1000)).length)
    .toBeGreaterThan(0);
  await screenshot(page, 'add-camera-live');
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-camera]:visible')).toHaveCount(6);
  await expect(card).toBeHidden();

  await test.step('its password is never shown again', async () => {
    await page.goto(`${gateway.url}/cameras/${id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const edit = page.getByRole('dialog', { name: /^Edit / });
    await expect(edit.getByLabel('Password')).toHaveValue('');
    await expect(edit.getByLabel('Password')).toHaveAttribute('placeholder', 'Stored');
    expect(await page.content()).not.toContain('demo-camera');
    await screenshot(page, 'edit-camera');
    await edit.getByRole('textbox', { name: 'Name', exact: true }).fill('Pier');
    await edit.getByText('Switched on').click();
    await edit.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Pier', exact: true })).toBeVisible();
    await expect(page.getByText('Switched off.')).toBeVisible();
  });

  await test.step('it is removed, and everywhere gone', async () => {
    await page.getByRole('button', { name: 'Remove camera' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove camera' }).click();
    await expect(page).toHaveURL(`${gateway.url}/`);
    await expect(page.locator('[data-camera]')).toHaveCount(5);
  });
});
