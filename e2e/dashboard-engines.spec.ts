import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { freePort, type Gateway, startCameras, startGateway } from './gateway.ts';
import { clickIn, fillIn, untilSeen } from './page-hands.ts';
import { CLIP_MS, lookAtPictures } from './picture-age.ts';
import { coloursOf } from './picture-colours.ts';
import { isLive, untilPlayer } from './player-page.ts';
import { type Engine, startFirefox, startWebkit } from './webdriver.ts';

/** A program of the owner's, to take the link back while the browser is the guest. */
const OWNERS_TOKEN = 'journeys-of-other-browsers';
const SCREENSHOTS = 'test-results/screenshots';
const REVOKED_WITHIN_MS = 2000;
/** WebKitGTK on a screen that nobody sees paints late. */
const PAINTED_MS = 500;
const WIDE = [1440, 900] as const;
const PHONE = [360, 740] as const;

const ENGINES = { firefox: startFirefox, webkit: startWebkit };

for (const [name, start] of Object.entries(ENGINES)) {
  test.describe(`the three journeys in ${name}`, () => {
    // Each journey goes on where the one before it ended, in one browser on one gateway.
    test.describe.configure({ mode: 'serial', timeout: 180_000 });

    let gateway: Gateway;
    let cameras: { kill(): Promise<void> };
    let address: string;
    let site: Server;
    let engine: Engine;
    let link: string;

    test.beforeAll(async () => {
      mkdirSync(SCREENSHOTS, { recursive: true });
      const port = await freePort();
      address = `rtsp://demo:demo-camera@127.0.0.1:${port}/harbour/main`;
      cameras = await startCameras(port);
      site = createServer();
      await new Promise<void>((resolve) => site.listen(0, 'localhost', resolve));
      const tokens = [{ name: 'journeys', role: 'admin', token: OWNERS_TOKEN }];
      gateway = await startGateway({
        config: { auth: { tokens }, http: { port: await freePort(), embedOrigins: [originOf(site)] } },
      });
      engine = await start();
      await engine.resize(...WIDE);
    });
    test.afterAll(async () => {
      await engine.close();
      await gateway.stop();
      await cameras.kill();
      await new Promise((resolve) => site.close(resolve));
    });

    /** Waits until so many pictures move by their frame numbers. */
    const untilMoving = async (selector: string, count: number): Promise<void> => {
      const look = { selector, forMs: 1000, clipMs: CLIP_MS };
      const moving = async () =>
        (await engine.evaluate(lookAtPictures, look)).filter(({ agesMs }) => new Set(agesMs).size > 3).length;
      await expect.poll(moving, { timeout: 60_000 }).toBeGreaterThanOrEqual(count);
    };
    const picture = async (of: string): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, PAINTED_MS));
      await engine.screenshot(`${SCREENSHOTS}/${name}-${of}.png`);
    };
    const pictures = async (of: string): Promise<void> => {
      await picture(of);
      await engine.resize(...PHONE);
      await picture(`${of}-phone`);
      await engine.resize(...WIDE);
    };

    test.afterEach(async () => {
      if (test.info().status !== 'passed') await picture('failed');
    });

    test('grid: from the first link to a camera of one’s own, moving', async () => {
      await engine.goto(gateway.signInLink);
      await clickIn(engine, '.sign-in', 'Sign in');
      await untilMoving('[data-camera] video', 4);
      await pictures('grid');
      await engine.evaluate(() => localStorage.setItem('oriel-theme', 'light'));
      await engine.goto(gateway.url);
      await untilMoving('[data-camera] video', 4);
      await pictures('grid-light');

      await fillIn(engine, '.first-camera input', address);
      await clickIn(engine, '.first-camera', 'Continue');
      await clickIn(engine, 'dialog', 'Test camera');
      await untilSeen(engine, '1280 × 720, 25 fps');
      await expect.poll(() => coloursOf(engine, '.probe-picture')).toBeGreaterThan(100);
      await pictures('add-camera');
      await clickIn(engine, 'dialog', 'Add camera');
      await untilMoving('[data-opened] video:not([aria-hidden])', 1);
      await picture('added-camera');
      await engine.goto(gateway.url);
      await untilMoving('[data-camera] video', 5);
    });

    test('share: made in the dashboard, watched by the guest, gone within 2 s when it is taken back', async () => {
      await engine.goto(`${gateway.url}/cameras/harbour`);
      await untilMoving('video', 1);
      await pictures('camera-page');
      await clickIn(engine, 'main', 'Share');
      await fillIn(engine, 'dialog input', 'For the neighbours');
      await clickIn(engine, 'dialog', 'Make link');
      await untilSeen(engine, 'The link is ready.');
      await picture('share');
      link = await engine.evaluate(
        () => document.querySelector<HTMLInputElement>('dialog .copy-field input')?.value ?? '',
      );

      await engine.goto(link);
      await untilPlayer(engine, isLive(), 30_000);
      await untilMoving('video', 1);
      await pictures('share-guest');
      const owner = { headers: { authorization: `Bearer ${OWNERS_TOKEN}` } };
      const [share] = (await (await fetch(`${gateway.url}/api/shares`, owner)).json()) as { id: string }[];
      await fetch(`${gateway.url}/api/shares/${share?.id}`, { ...owner, method: 'DELETE' });
      const revokedMs = Date.now();
      await untilSeen(engine, 'This link was taken back.');
      expect(await engine.evaluate(() => document.querySelector('video'))).toBeNull();
      expect(Date.now() - revokedMs).toBeLessThan(REVOKED_WITHIN_MS);
      await picture('share-taken-back');
    });

    test('embed: an iframe on a site that is allowed plays by itself', async () => {
      const share = await fetch(`${gateway.url}/api/shares`, {
        method: 'POST',
        headers: { authorization: `Bearer ${OWNERS_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ camera: 'harbour', label: 'Weather page' }),
      });
      const { token } = (await share.json()) as { token: string };
      site.on('request', (_request, response) => {
        response.setHeader('content-type', 'text/html');
        const frame = `<iframe width="960" height="540" src="${gateway.url}/embed/harbour?token=${token}"></iframe>`;
        response.end(`<!doctype html><title>Weather</title><link rel="icon" href="data:,">${frame}`);
      });
      await engine.goto(originOf(site));
      const shown = () => engine.evaluate(askFrame, 'framesShown');
      await expect.poll(shown, { timeout: 30_000 }).toBeGreaterThan(10);
      const before = await shown();
      await expect.poll(shown).toBeGreaterThan(before + 10);
      await picture('embed');
    });

    test('nothing was refused by the content policy, and the console is silent', async () => {
      // Proof that it would be heard.
      await engine.evaluate(() => console.error('the last word'));
      await expect.poll(() => engine.complaints()).toEqual([expect.stringContaining('the last word')]);
    });
  });
}

function originOf(server: Server): string {
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** One number of the statistics that the frame tells the page around it; runs in the page. */
function askFrame(wanted: string): Promise<number> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(-1), 1000);
    const listen = ({ data }: MessageEvent): void => {
      if (data.type !== 'oriel:reply') return;
      clearTimeout(timer);
      removeEventListener('message', listen);
      resolve(data.value?.[wanted] ?? -1);
    };
    addEventListener('message', listen);
    const frame = document.querySelector('iframe')?.contentWindow;
    frame?.postMessage({ type: 'oriel:statistics', id: 1 }, '*');
  });
}
