import { expect, type Page, test } from '@playwright/test';
import { openDashboard, screenshot } from './dashboard.ts';
import { freePort, type Gateway, startCameras, startGateway } from './gateway.ts';

const SIZES = {
  phone: { width: 360, height: 740 },
  tablet: { width: 820, height: 1180 },
  desk: { width: 1440, height: 900 },
  wall: { width: 3840, height: 2160 },
} as const;
const THEMES = ['dark', 'light'] as const;

/** One camera for each state that a tile can be in, and names that are hard to lay out. */
const STATES = [
  ['live', 'Front door', /^$/],
  ['long', 'The long driveway behind the old warehouse, where delivery vans turn around at night', /^$/],
  ['arabic', 'الباب الأمامي', /^$/],
  ['locked', 'Wrong password', /refuses this user name or password/],
  ['lost', 'Wrong path', /has no stream at this path/],
  ['gone', 'Nobody there', /^Offline since \d\d:\d\d\. The camera answers, but nothing listens/],
  ['off', 'Switched off', /^Switched off\.$/],
] as const;

// A recording of these would cost more than what is looked at.
test.use({ trace: 'off' });

let gateway: Gateway;
let cameras: { kill(): Promise<void> };
let page: Page;

test.beforeAll(async ({ browser }) => {
  const port = await freePort();
  cameras = await startCameras(port);
  const right = { username: 'demo', password: 'demo-camera' };
  const url = `rtsp://127.0.0.1:${port}/harbour`;
  const working = { url: `${url}/main`, substream: `${url}/sub`, ...right };
  const unusual: Record<string, object> = {
    locked: { ...working, password: 'wrong' },
    lost: { url: `rtsp://127.0.0.1:${port}/nowhere`, ...right },
    gone: { url: `rtsp://127.0.0.1:${await freePort()}/main` },
    off: { ...working, enabled: false },
  };
  gateway = await startGateway({
    config: { cameras: STATES.map(([id, name]) => ({ id, name, ...(unusual[id] ?? working) })) },
    args: [],
  });
  page = await browser.newPage();
  await openDashboard(page, gateway);
});
test.afterAll(async () => {
  await page.close();
  await gateway.stop();
  await cameras.kill();
});

/** Nothing sticks out of the page sideways. */
async function expectFits(): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
}

test('each state is said in a sentence', async () => {
  for (const [id, , sentence] of STATES) {
    const message = page.locator(`[data-camera=${id}] .tile-message p`);
    if (sentence.test('')) await expect(message).toHaveCount(0);
    else await expect(message).toHaveText(sentence);
  }
});

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`${size}: the grid, the opened camera and the pages fit, dark and light`, async () => {
    await page.setViewportSize(viewport);
    for (const theme of THEMES) {
      await page.evaluate((chosen) => localStorage.setItem('oriel-theme', chosen), theme);
      for (const [name, path] of [
        ['states', '/'],
        ['opened', '/?open=long'],
        ['camera', '/cameras/arabic'],
        ['people', '/people'],
      ] as const) {
        await page.goto(gateway.url + path);
        await expect(page.locator('main')).toBeVisible();
        await page.waitForTimeout(name === 'people' ? 300 : 1500);
        await expectFits();
        await screenshot(page, `looks-${name}-${size}-${theme}`);
      }
    }
  });
}

test('who comes when all seats are taken is told so, sees no blank, and gets the picture when one is free', async ({
  browser,
}) => {
  const token = 'a-recorder-of-this-test';
  const auth = { tokens: [{ name: 'recorder', role: 'viewer', token }] };
  const full = await startGateway({ config: { limits: { maxViewers: 1 }, auth } });
  const recorder = new AbortController();
  await fetch(`${full.url}/api/cameras/driveway/live.mp4?token=${token}`, { signal: recorder.signal });
  const late = await browser.newPage();
  await openDashboard(late, full);
  const tiles = await late.locator('[data-camera]').count();
  await expect(late.getByText('1 of 1 people are watching.')).toHaveCount(tiles);
  await screenshot(late, 'looks-refused');
  recorder.abort();
  // One browser is one person, so that all of its tiles play.
  await expect(late.locator('[data-camera] .tile[data-mark="live"]')).toHaveCount(tiles, { timeout: 20_000 });
  await late.close();
  await full.stop();
});

test('with reduced motion nothing glides', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const durations = await page.locator('[data-camera]').evaluateAll((tiles) => {
    return tiles.map((tile) => getComputedStyle(tile).transitionDuration);
  });
  for (const duration of durations) expect(duration).toMatch(/^(0s|0\.0\d*s)(, (0s|0\.0\d*s))*$/);
});
