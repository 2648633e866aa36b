import { mkdirSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { startBufferingProxy } from './buffering-proxy.ts';
import { type Ears, growEars } from './ears.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { CLIP_MS, lookAtPictures, median } from './picture-age.ts';
import { isLive, type PlayerFacts, untilPlayer } from './player-page.ts';
import { type Engine, startFirefox, startWebkit } from './webdriver.ts';

/** A token for machines: these browsers get no cookie. */
const TOKEN = 'journeys-of-other-browsers';
/** WebKitGTK decodes and draws without a graphics card here, which costs it more than the others. */
const WEBKIT_MP4_MS = 500;
const WEBKIT_HLS_MS = 1000;
const SCREENSHOTS = 'test-results/screenshots';

let gateway: Gateway;
let ears: Ears;

test.beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  ears = await growEars();
  gateway = await startGateway({ config: { auth: { tokens: [{ name: 'journeys', role: 'viewer', token: TOKEN }] } } });
});

test.afterAll(async () => {
  await gateway.stop();
  await ears.close();
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
    firefox = await startFirefox({}, ears.env);
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

  for (const [transport, withinMs] of [
    ['mp4', 300],
    ['hls', 500],
  ] as const) {
    test(`${transport} is heard, and its picture still less than ${withinMs} ms old`, async () => {
      const proxy = transport === 'hls' ? await startBufferingProxy(gateway.url) : undefined;
      try {
        await watch(firefox, proxy?.url ?? gateway.url, 'driveway', '&muted=0');
        await untilPlayer(firefox, isLive(transport), 30_000);
        await ears.expectSound();
        expect(await expectLive(firefox, transport, withinMs)).toMatchObject({ switches: 0 });
      } finally {
        await proxy?.close();
      }
    });
  }
});

test.describe('WebKitGTK, which has no WebRTC', () => {
  let webkit: Engine;

  test.beforeAll(async () => {
    webkit = await startWebkit(ears.env);
  });

  test.afterAll(async () => {
    await webkit.screenshot(`${SCREENSHOTS}/webkit.png`);
    await webkit.close();
  });

  test('lands on live.mp4', async () => {
    await watch(webkit, gateway.url, 'driveway');
    expect(await expectLive(webkit, 'mp4', WEBKIT_MP4_MS)).toMatchObject({ switches: 0 });
  });

  test('lands on LL-HLS where a proxy holds responses back', async () => {
    const proxy = await startBufferingProxy(gateway.url);
    try {
      await watch(webkit, proxy.url, 'driveway');
      expect(await expectLive(webkit, 'hls', WEBKIT_HLS_MS)).toMatchObject({ switches: 0 });
    } finally {
      await proxy.close();
    }
  });

  test('is heard as soon as somebody touches the button, and keeps its picture', async () => {
    await watch(webkit, gateway.url, 'driveway');
    await untilPlayer(webkit, isLive('mp4'), 30_000);
    const { x, y } = await webkit.evaluate(soundButton);
    await webkit.click(x, y);
    await ears.expectSound();
    await expectLive(webkit, 'mp4', WEBKIT_MP4_MS);
  });
});

/** Runs in the page: the middle of the button. */
function soundButton(): { x: number; y: number } {
  const element = document.querySelector('oriel-player');
  const root = element?.shadowRoot ?? document;
  const button = [...root.querySelectorAll('button')].find(({ ariaLabel, title }) =>
    `${ariaLabel} ${title}`.includes('Unmute'),
  );
  if (!button) throw new Error('There is no button for the sound.');
  const { left, top, width, height } = button.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
