import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, type Frame, type Page, test } from '@playwright/test';
import { complaints } from './axe.ts';
import { freePort, type Gateway, startGateway } from './gateway.ts';
import { type Cookie, isLive, type PageLike, pageLike, playerFacts, signInOnce, untilPlayer } from './player-page.ts';

/** Another site: its pages are made by the test. `localhost` and `127.0.0.1` are different sites to a browser. */
type Site = { readonly origin: string; html: string; close(): Promise<void> };

let gateway: Gateway;
let cookie: Cookie;
let friend: Site;
let stranger: Site;

test.beforeAll(async () => {
  friend = await startSite();
  stranger = await startSite();
  gateway = await startGateway({ config: { http: { port: await freePort(), embedOrigins: [friend.origin] } } });
  cookie = await signInOnce(gateway);
});

test.afterAll(async () => {
  await gateway.stop();
  await friend.close();
  await stranger.close();
});

async function startSite(): Promise<Site> {
  const site = { origin: '', html: '', close: () => Promise.resolve() };
  const server: Server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><body>${site.html}`);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  site.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  site.close = () => new Promise((resolve) => server.close(() => resolve()));
  return site;
}

/** A link to one camera, as an owner makes it. */
async function share(camera: string): Promise<{ id: string; token: string }> {
  const response = await fetch(`${gateway.url}/api/shares`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: `${cookie.name}=${cookie.value}` },
    body: JSON.stringify({ camera, label: 'For the neighbours' }),
  });
  expect(response.status).toBeLessThan(300);
  return response.json() as Promise<{ id: string; token: string }>;
}

function frameLike(frame: Frame): PageLike {
  return { evaluate: (run, argument) => frame.evaluate(run as never, argument) as never };
}

function embedIn(site: Site, query: string): string {
  site.html = `<iframe id="camera" width="960" height="540" src="${gateway.url}/embed/driveway?${query}"></iframe>`;
  return site.origin;
}

async function embeddedFrame(page: Page): Promise<Frame> {
  await expect.poll(() => page.frames().some((frame) => frame.url().includes('/embed/'))).toBe(true);
  return page.frames().find((frame) => frame.url().includes('/embed/')) as Frame;
}

test('a frame on an allowed site plays by itself with its token', async ({ page }) => {
  const { token } = await share('driveway');
  await page.goto(embedIn(friend, `token=${token}`));
  await untilPlayer(frameLike(await embeddedFrame(page)), isLive());
});

test('a frame on any other site stays empty', async ({ page }) => {
  const { token } = await share('driveway');
  const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
  await page.goto(embedIn(stranger, `token=${token}`));
  await refused;
  expect(page.frames().filter((frame) => frame.url().startsWith(gateway.url))).toEqual([]);
});

test('a token opens one camera and no other', async ({ page }) => {
  const { token } = await share('harbour');
  await page.goto(`${gateway.url}/embed/driveway?token=${token}`, { waitUntil: 'commit' });
  const facts = await untilPlayer(pageLike(page), ({ phase }) => phase === 'refused');
  expect(facts.message).toBeTruthy();
});

test('without a right there is a sentence instead of a picture', async ({ page }) => {
  await page.goto(`${gateway.url}/embed/driveway`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), ({ phase }) => phase === 'refused');
});

test('the page around commands the player and hears of its state', async ({ page }) => {
  const { token } = await share('driveway');
  await page.goto(embedIn(friend, `token=${token}&autoplay=0`));
  const frame = frameLike(await embeddedFrame(page));
  await expect.poll(async () => (await playerFacts(frame))?.phase).toBe('idle');
  await page.evaluate(listen);
  expect(await ask(page, { type: 'oriel:play' })).toEqual({});
  await untilPlayer(frame, isLive());
  expect(await ask(page, { type: 'oriel:state' })).toMatchObject({
    value: { camera: 'driveway', phase: 'live', muted: true },
  });
  expect(await ask(page, { type: 'oriel:statistics' })).toMatchObject({ value: { width: 1280 } });
  expect(await ask(page, { type: 'oriel:dance' })).toMatchObject({ error: expect.stringContaining('does not know') });
  await ask(page, { type: 'oriel:stop' });
  await untilPlayer(frame, ({ phase }) => phase === 'idle');
  expect(await page.evaluate(() => Reflect.get(window, 'phases'))).toEqual(
    expect.arrayContaining(['starting', 'live']),
  );
});

/** Keeps every phase that the frame tells. */
function listen(): void {
  const phases: string[] = [];
  Object.assign(window, { phases });
  addEventListener('message', ({ data }) => data.type === 'oriel:state' && phases.push(data.phase));
}

function ask(page: Page, request: { type: string }): Promise<object> {
  return page.evaluate(
    (message) =>
      new Promise<object>((resolve) => {
        const id = Math.random();
        addEventListener('message', ({ data }) => {
          const { type, id: replyTo, ...body } = data;
          if (type === 'oriel:reply' && replyTo === id) resolve(body);
        });
        const frame = document.querySelector('iframe') as HTMLIFrameElement;
        frame.contentWindow?.postMessage({ ...message, id }, '*');
      }),
    request,
  );
}

test('options of the address: no controls, the small stream, a poster of one’s own', async ({ page, context }) => {
  await context.addCookies([cookie]);
  await page.goto(`${gateway.url}/embed/driveway?controls=none&quality=sub&poster=none&theme=light`, {
    waitUntil: 'commit',
  });
  expect(await untilPlayer(pageLike(page), isLive())).toMatchObject({ quality: 'sub' });
  await expect(page.getByRole('toolbar')).toHaveCount(0);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('a still is decoded for those only whom the camera keeps waiting', async ({ page, context }) => {
  await context.addCookies([cookie]);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const hasAsked = (what: string) => asked.some((path) => path.includes(what));
  await page.goto(`${gateway.url}/embed/driveway?autoplay=0`);
  await expect.poll(() => hasAsked('snapshot.jpg'), 'a player that waits for a click').toBe(true);
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  for (const way of ['**/whep*', '**/live.mp4*', '**/hls/**'])
    await page.route(way, (route) => void held.then(() => route.continue().catch(() => undefined)));
  asked.length = 0;
  await page.goto(`${gateway.url}/embed/driveway`, { waitUntil: 'commit' });
  await expect.poll(() => hasAsked('whep')).toBe(true);
  expect(hasAsked('snapshot.jpg'), 'at once').toBe(false);
  await expect.poll(() => hasAsked('snapshot.jpg'), 'while nothing comes').toBe(true);
  answer();
  await untilPlayer(pageLike(page), isLive());
});

for (const kind of ['embed', 'share'] as const) {
  test(`the ${kind} page: axe has nothing to complain about`, async ({ page }) => {
    const { token } = await share('harbour');
    const address = kind === 'embed' ? `/embed/harbour?token=${token}` : `/s/${token}`;
    await page.goto(gateway.url + address, { waitUntil: 'commit' });
    await untilPlayer(pageLike(page), isLive());
    await page.getByRole('button', { name: 'Statistics' }).click();
    await expect(page.getByText('Picture age')).toBeVisible();
    expect(await complaints(page)).toEqual([]);
  });
}

test('the web component plays on an allowed page of another site', async ({ page }) => {
  const { token } = await share('garden');
  friend.html = `<script type="module" src="${gateway.url}/oriel-player.js"></script>
    <oriel-player camera="garden" token="${token}" style="width: 960px"></oriel-player>`;
  await page.goto(friend.origin, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive());
  await expect(page.getByText('Garden', { exact: true })).toBeVisible();
});

test('the web component on a site that is not allowed says so, and stops asking', async ({ page }) => {
  const { token } = await share('garden');
  stranger.html = `<script type="module" src="${gateway.url}/oriel-player.js"></script>
    <oriel-player camera="garden" token="${token}" style="width: 960px"></oriel-player>`;
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().startsWith(`${gateway.url}/api/`)) asked++;
  });
  await page.goto(stranger.origin, { waitUntil: 'commit' });
  await expect(page.getByText('This site is not allowed to embed the camera.')).toBeVisible();
  await expect
    .poll(
      async () => {
        const before = asked;
        // Longer than the player waits between two questions.
        await page.waitForTimeout(5000);
        return asked - before;
      },
      { timeout: 20_000 },
    )
    .toBe(0);
});

test('a share link says what it is, shows its camera, and ends within two seconds of being revoked', async ({
  page,
}) => {
  const { id, token } = await share('warehouse');
  await page.goto(`${gateway.url}/s/${token}`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive());
  await expect(page.getByText('For the neighbours')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Warehouse' })).toBeVisible();
  const revoked = await fetch(`${gateway.url}/api/shares/${id}`, {
    method: 'DELETE',
    headers: { cookie: `${cookie.name}=${cookie.value}` },
  });
  expect(revoked.ok).toBe(true);
  await expect(page.getByText('This link was taken back.')).toBeVisible({ timeout: 2000 });
  await expect(page.locator('video')).toHaveCount(0);
  await page.reload();
  await expect(page.getByText('This link was taken back.')).toBeVisible();
});
