import { expect } from '@playwright/test';
import type { PageLike } from './player-page.ts';

/** What Playwright's locators do, for browsers that it does not drive: waits for the thing, then uses it. */

/** Clicks the button of this name within what `scope` selects. */
export async function clickIn(page: PageLike, scope: string, name: string): Promise<void> {
  const click = () =>
    page.evaluate(
      ([within, wanted]) => {
        const buttons = [...document.querySelectorAll<HTMLButtonElement>(`${within} button`)];
        const isWanted = (button: HTMLButtonElement): boolean =>
          !button.disabled && [button.textContent?.trim(), button.ariaLabel].includes(wanted);
        const button = buttons.find(isWanted);
        button?.click();
        return button !== undefined;
      },
      [scope, name] as const,
    );
  await expect.poll(click, { message: `button ${name} in ${scope}` }).toBe(true);
}

/** Types into the first field that `selector` finds. */
export async function fillIn(page: PageLike, selector: string, text: string): Promise<void> {
  const fill = () =>
    page.evaluate(
      ([wanted, value]) => {
        const field = document.querySelector<HTMLInputElement>(wanted);
        if (!field) return false;
        field.focus();
        field.value = value;
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        return true;
      },
      [selector, text] as const,
    );
  await expect.poll(fill, { message: `field ${selector}` }).toBe(true);
}

/** Waits until the page shows this text. */
export async function untilSeen(page: PageLike, text: string): Promise<void> {
  const isSeen = () => page.evaluate((wanted) => document.body.textContent.includes(wanted), text);
  await expect.poll(isSeen, { message: `text “${text}”`, timeout: 30_000 }).toBe(true);
}
