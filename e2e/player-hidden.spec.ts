import { expect, test } from '@playwright/test';
import { shortOrLong } from '../server/testing/long-run.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { startHeadedChromium } from './headed-chromium.ts';
import { CLIP_MS, lookAtPictures, median } from './picture-age.ts';
import { isLive, type PageLike, untilPlayer } from './player-page.ts';
import { startFirefox, type TabbedPage } from './webdriver.ts';

const TOKEN = 'journeys-behind-another-tab';
/** Long enough for the browsers to slow the page's timers down. */
const HIDDEN_MS = shortOrLong(12_000, 60_000);

let gateway: Gateway;

test.beforeAll(async () => {
  gateway = await startGateway({ config: { auth: { tokens: [{ name: 'hidden', role: 'viewer', token: TOKEN }] } } });
});

test.afterAll(async () => {
  await gateway.stop();
});

const ENGINES = [
  { name: 'Chromium', start: startHeadedChromium, transport: 'webrtc', withinMs: 300 },
  { name: 'Firefox', start: startFirefox, transport: 'mp4', withinMs: 500 },
];

test('after a time behind another tab, in Chromium and Firefox, the picture is live by the same way and nothing was reopened', async () => {
  test.setTimeout(HIDDEN_MS + 120_000);
  const engines = await Promise.all(ENGINES.map(async (engine) => ({ ...engine, page: await engine.start() })));
  try {
    await Promise.all(engines.map(hideAndShow));
  } finally {
    await Promise.all(engines.map(({ page }) => page.close()));
  }
});

type Started = Omit<(typeof ENGINES)[number], 'start'> & { readonly page: TabbedPage };

async function hideAndShow({ name, page, transport, withinMs }: Started): Promise<void> {
  await page.goto(`${gateway.url}/embed/driveway?token=${TOKEN}&quality=main`);
  await untilPlayer(page, isLive(transport), 30_000);
  await expect.poll(() => pictureAge(page), { timeout: 30_000, message: name }).toBeLessThan(withinMs);
  const before = await history(page);
  expect(before.switches, name).toBe(0);
  await page.cover();
  await expect.poll(() => visibility(page), { message: name }).toBe('hidden');
  await new Promise((resolve) => setTimeout(resolve, HIDDEN_MS));
  expect(await visibility(page), name).toBe('hidden');
  await page.uncover();
  await expect.poll(() => visibility(page), { message: name }).toBe('visible');
  await expect.poll(() => pictureAge(page), { timeout: 10_000, message: name }).toBeLessThan(withinMs);
  expect(await history(page), name).toEqual(before);
}

function visibility(page: PageLike): Promise<string> {
  return page.evaluate(() => document.visibilityState);
}

/** Over a second; not a number while the picture does not move. */
async function pictureAge(page: PageLike): Promise<number> {
  const look = { selector: 'video:not([aria-hidden])', forMs: 1000, clipMs: CLIP_MS };
  return median((await page.evaluate(lookAtPictures, look))[0]?.agesMs ?? []);
}

/** How often the picture changed its way, and how many ways were ever opened. */
function history(page: PageLike): Promise<{ switches: number; opened: number }> {
  return page.evaluate(() => {
    type Element = { player: { state: { switches: number; nextId: number } } };
    const { state } = (document.querySelector('oriel-player') as unknown as Element).player;
    return { switches: state.switches, opened: state.nextId };
  });
}
