import { chromium, expect, test } from '@playwright/test';
import { CHROMIUM_ARGS } from './chromium-args.ts';
import { followSignInLink } from './dashboard.ts';
import { freePort, startCameras, startGateway } from './gateway.ts';

/** A name of the local network: browsers trust only 127.0.0.1 without TLS, and withhold much from other plain pages. */
const HOST = 'oriel.lan';

test('on a page that the browser calls insecure, pictures move and a camera is looked at', async () => {
  const port = await freePort();
  const cameras = await startCameras(port);
  const gateway = await startGateway();
  const args = [...CHROMIUM_ARGS, `--host-resolver-rules=MAP ${HOST} 127.0.0.1`];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await followSignInLink(page, gateway.signInLink.replace('127.0.0.1', HOST));
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await expect(page.locator('.tile[data-mark=live]')).toHaveCount(4, { timeout: 30_000 });
    await page.getByRole('button', { name: 'Add camera' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add camera' });
    const address = `rtsp://demo:demo-camera@127.0.0.1:${port}/harbour/main`;
    await dialog.getByLabel('Address, serial number or RTSP URL').fill(address);
    await page.keyboard.press('Enter');
    await expect(dialog.getByText('Asking the camera')).toBeVisible();
    await expect(dialog.getByText('1280 × 720, 25 fps')).toBeVisible({ timeout: 30_000 });
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    await gateway.stop();
    await cameras.kill();
  }
});
