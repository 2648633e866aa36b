import { mkdirSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { freePort, type Gateway, manyCameras, startCameras, startGateway } from './gateway.ts';
import { clickIn } from './page-hands.ts';
import { type Engine, startFirefox } from './webdriver.ts';

/** Browsers open six HTTP/1.1 connections to one host: endless answers on all of them would leave none for the page itself. */
const TILES = 9;

const SCREENSHOTS = 'test-results/screenshots';

let gateway: Gateway;
let cameras: { kill(): Promise<void> };
let firefox: Engine;

test.beforeAll(async () => {
  const port = await freePort();
  cameras = await startCameras(port);
  gateway = await startGateway({ config: { cameras: manyCameras(port, TILES) }, args: [] });
  firefox = await startFirefox();
});
test.afterAll(async () => {
  await firefox.close();
  await cameras.kill();
  await gateway.stop();
});

test('a grid of nine tiles plays without WebRTC, and the page still reaches the gateway', async () => {
  test.setTimeout(150_000);
  await firefox.goto(gateway.signInLink);
  await clickIn(firefox, '.sign-in', 'Sign in');
  const tilesLive = (): Promise<number> =>
    firefox.evaluate(() => document.querySelectorAll('.tile[data-mark="live"]').length);
  await expect.poll(tilesLive, { timeout: 60_000 }).toBe(TILES);
  const answeredMs = await firefox.evaluate(async () => {
    const startedMs = performance.now();
    await fetch('/api/cameras');
    return performance.now() - startedMs;
  });
  expect(answeredMs).toBeLessThan(2000);
  // A tile whose camera was slow to start may have begun by LL-HLS.
  const byMp4 = (): Promise<number> =>
    firefox.evaluate(async () => {
      const viewers = (await (await fetch('/api/viewers')).json()) as { kind: string }[];
      return viewers.filter(({ kind }) => kind === 'mp4').length;
    });
  await expect.poll(byMp4, { timeout: 60_000 }).toBe(TILES);
  mkdirSync(SCREENSHOTS, { recursive: true });
  await firefox.screenshot(`${SCREENSHOTS}/grid-9-firefox.png`);
});
