import { mkdirSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { startBufferingProxy } from './buffering-proxy.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { CLIP_MS, lookAtPictures, median } from './picture-age.ts';
import { isLive, type PlayerFacts, soundLevel, untilPlayer } from './player-page.ts';
import { type Engine, startFirefox, startWebkit } from './webdriver.ts';

/** A token for machines: these browsers get no cookie. */
const TOKEN = 'journeys-of-other-browsers';
const SCREENSHOTS = 'test-results/screenshots';

let gateway: Gateway;

test.beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  gateway = await startGateway({ config: { auth: { tokens: [{ name: 'journeys', role: 'viewer', token: TOKEN }] } } });
});

test.afterAll(async () => {
  await gateway.stop();
});

async function watch(engine: Engine, origin: string, camera: string, more = ''): Promise<void> {
  await engine.goto(`${origin}/embed/${camera}?token=${TOKEN}&quality=main${more}`);
}

/** The picture is live by its frame numbers, and how it came here. */
async function expectLive(engine: Engine, transport: string, withinMs: number): Promise<PlayerFacts> {
  await untilPlayer(engine, isLive(transport), 30_000);
  const look = { selector: 'video:not([aria-hidden])', forMs: 2000, clipMs: CLIP_MS };
  const age = async () => median((await engine.evaluate(lookAtPictures, look))[0]?.agesMs ?? []);
  await expect.poll(age, { timeout: 40_000 }).toBeLessThan(withinMs);
  return untilPlayer(engine, isLive(transport));
}

test.describe('Firefox, which has no H.264 for WebRTC', () => {
  let firefox: Engine;

  test.beforeAll(async () => {
    firefox = await startFirefox();
  });

  test.afterAll(async () => {
    await firefox.screenshot(`${SCREENSHOTS}/firefox.png`);
    await firefox.close();
  });

  for (const camera of ['driveway', 'garden']) {
    test(`lands on live.mp4 by itself: ${camera}`, async () => {
      await watch(firefox, gateway.url, camera);
      expect(await expectLive(firefox, 'mp4', 300)).toMatchObject({ switches: 0 });
    });
  }

  test('lands on LL-HLS where a proxy holds responses back', async () => {
    const proxy = await startBufferingProxy(gateway.url);
    try {
      await watch(firefox, proxy.url, 'driveway');
      expect(await expectLive(firefox, 'hls', 500)).toMatchObject({ switches: 0 });
    } finally {
      await proxy.close();
    }
  });

  test('plays the sound', async () => {
    await watch(firefox, gateway.url, 'driveway', '&muted=0');
    await untilPlayer(firefox, isLive('mp4'), 30_000);
    expect(await soundLevel(firefox)).toBeGreaterThan(0.01);
  });
});

test.describe('WebKitGTK, which has no WebRTC', () => {
  let webkit: Engine;

  test.beforeAll(async () => {
    webkit = await startWebkit();
  });

  test.afterAll(async () => {
    await webkit.screenshot(`${SCREENSHOTS}/webkit.png`);
    await webkit.close();
  });

  test('lands on live.mp4', async () => {
    await watch(webkit, gateway.url, 'driveway');
    expect(await expectLive(webkit, 'mp4', 3000)).toMatchObject({ switches: 0 });
  });

  test('lands on LL-HLS where a proxy holds responses back', async () => {
    const proxy = await startBufferingProxy(gateway.url);
    try {
      await watch(webkit, proxy.url, 'driveway');
      expect(await expectLive(webkit, 'hls', 3000)).toMatchObject({ switches: 0 });
    } finally {
      await proxy.close();
    }
  });
});
