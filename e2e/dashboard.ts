import { expect, type Page } from '@playwright/test';
import type { Gateway } from './gateway.ts';

/** Opens the one-time link and clicks, as a person does. */
export async function followSignInLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: /^(Sign in|Anmelden)$/ }).click();
}

/** Follows the link of the first start: signed in as its owner, on the grid. */
export async function openDashboard(page: Page, gateway: Gateway): Promise<void> {
  await followSignInLink(page, gateway.signInLink);
  await expect(page).toHaveURL(`${gateway.url}/`);
  await expect(page.locator('[data-camera]').first()).toBeVisible();
}

/** Kept as artefacts, and looked at. */
export function screenshot(page: Page, name: string): Promise<unknown> {
  return page.screenshot({ path: `test-results/screenshots/${name}.png` });
}

/** The tile of a camera, live by its own word. */
export async function untilLive(page: Page, camera: string): Promise<void> {
  await expect(page.locator(`[data-camera="${camera}"] .tile`)).toHaveAttribute('data-mark', 'live', {
    timeout: 20_000,
  });
}
