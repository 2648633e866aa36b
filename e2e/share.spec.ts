import { type Browser, expect, type Page, test } from '@playwright/test';
import { openDashboard, screenshot } from './dashboard.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { readPictures } from './picture-age.ts';
import { block, isLive, pageLike, untilPlayer } from './player-page.ts';

const REVOKED_WITHIN_MS = 2000;
/** HLS finds out with its next playlist. */
const ENDED_WITHIN_MS = 6000;

// Each journey goes on where the one before it ended.
test.describe.configure({ mode: 'serial' });

let gateway: Gateway;
let owner: Page;

test.beforeAll(async ({ browser }) => {
  gateway = await startGateway();
  owner = await browser.newPage();
  await openDashboard(owner, gateway);
});
test.afterAll(async () => {
  await owner.close();
  await gateway.stop();
});

/** Makes a link in the dialog, as a person does. */
async function makeLink(label: string): Promise<string> {
  await owner.goto(`${gateway.url}/cameras/harbour`);
  await owner.getByRole('button', { name: 'Share', exact: true }).click();
  await owner.getByLabel('Label').fill(label);
  await owner.getByLabel('Viewers at once').fill('2');
  await owner.getByText('With sound').click();
  await screenshot(owner, 'share-form');
  await owner.getByRole('button', { name: 'Make link' }).click();
  await expect(owner.getByRole('img', { name: 'The link as a QR code' })).toBeVisible();
  await screenshot(owner, 'share-link');
  return owner.getByLabel('Link', { exact: true }).inputValue();
}

async function openLink(browser: Browser, link: string): Promise<Page> {
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(link);
  await untilPlayer(pageLike(guest), isLive());
  return guest;
}

/** The ids of those who watch through a link. */
async function viewersOf(label: string): Promise<string[]> {
  const viewers = (await (await owner.request.get(`${gateway.url}/api/viewers`)).json()) as {
    id: string;
    who: string;
  }[];
  return viewers.filter(({ who }) => who === label).map(({ id }) => id);
}

async function framesOf(page: Page): Promise<number> {
  return (await readPictures(page, 'video', 500)).reduce((sum, { frames }) => sum + frames, 0);
}

test('a link shows one camera and nothing else; taken back, the picture stops within 2 s', async ({ browser }) => {
  const link = await makeLink('For the neighbours');
  const guest = await openLink(browser, link);
  await expect(guest.getByText('For the neighbours')).toBeVisible();
  await expect.poll(() => framesOf(guest)).toBeGreaterThan(5);
  await screenshot(guest, 'share-guest');

  const token = new URL(link).pathname.split('/').at(-1) ?? '';
  const status = async (path: string) =>
    (await guest.request.get(gateway.url + path, { headers: { authorization: `Bearer ${token}` } })).status();
  expect(await status('/api/cameras/driveway')).toBe(403);
  expect(await status('/api/users')).toBe(403);
  expect(await status('/api/cameras/harbour')).toBe(200);

  await owner.getByRole('tab', { name: 'Links' }).click();
  const row = owner.getByRole('dialog').getByRole('listitem').filter({ hasText: 'For the neighbours' }).first();
  await expect(row.getByText('1 watching')).toBeVisible();
  await expect(row.getByRole('button', { name: 'End view' })).toBeVisible();
  await screenshot(owner, 'share-watching');

  await row.getByRole('button', { name: 'Revoke' }).click();
  const revokedMs = Date.now();
  await expect.poll(() => framesOf(guest), { intervals: [50], timeout: REVOKED_WITHIN_MS + 1000 }).toBe(0);
  // The last look itself took half a second in which nothing moved.
  expect(Date.now() - revokedMs - 500).toBeLessThan(REVOKED_WITHIN_MS);
  await expect(row.getByText('Revoked')).toBeVisible();
  await expect(guest.getByText('This link was taken back.')).toBeVisible();
  await expect(guest.locator('video')).toHaveCount(0);
  await guest.reload();
  await expect(guest.getByText('This link was taken back.')).toBeVisible();
  await screenshot(guest, 'share-taken-back');
  await guest.context().close();
});

const WAYS = [
  ['webrtc', []],
  ['mp4', ['webrtc']],
  ['hls', ['webrtc', 'mp4']],
] as const;

for (const [way, blocked] of WAYS) {
  test(`by ${way}: whoever is shown the door is told, and comes back only by asking`, async ({ browser }) => {
    const label = `Builder by ${way}`;
    const link = await makeLink(label);
    const guest = await (await browser.newContext()).newPage();
    await block(guest, blocked);
    await guest.goto(link);
    await untilPlayer(pageLike(guest), isLive(way));
    await owner.goto(`${gateway.url}/viewers`);
    const row = owner.getByRole('listitem').filter({ hasText: label }).first();
    await row.getByRole('button', { name: 'End view' }).click();
    const endedMs = Date.now();
    const ended = guest.getByText('ended this view');
    await expect(ended).toBeVisible();
    expect(Date.now() - endedMs).toBeLessThan(ENDED_WITHIN_MS);
    await guest.waitForTimeout(3000);
    await expect(ended).toBeVisible();
    expect(await viewersOf(label)).toEqual([]);
    await screenshot(guest, `share-view-ended-${way}`);
    await guest.getByRole('button', { name: 'Try now' }).click();
    await untilPlayer(pageLike(guest), isLive());
    await guest.context().close();
  });
}

test('the audit log says who did what', async () => {
  await owner.goto(`${gateway.url}/audit`);
  for (const text of ['Ended a view', 'Made a link', 'Revoked a link', 'Signed in by one-time link']) {
    await expect(owner.getByRole('cell', { name: text }).first()).toBeVisible();
  }
  await screenshot(owner, 'audit');
});

test('the snippet to embed carries no secret and names this camera', async () => {
  await owner.goto(`${gateway.url}/cameras/harbour`);
  await owner.getByRole('button', { name: 'Share', exact: true }).click();
  await owner.getByRole('tab', { name: 'Embed' }).click();
  await expect(owner.getByLabel('As an iframe', { exact: true })).toHaveValue(/\/embed\/harbour\?token=TOKEN"/);
  await expect(owner.getByLabel('As a web component', { exact: true })).toHaveValue(/<oriel-player camera="harbour"/);
  await screenshot(owner, 'embed-snippet');
});
