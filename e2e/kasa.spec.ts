import { expect, test } from '@playwright/test';
import { assetPath } from '../server/platform/paths.ts';
import { loadAudioClip, loadVideoClip } from '../server/simulators/clip.ts';
import { type KasaCamera, startKasaCamera } from '../server/simulators/kasa-camera.ts';
import type { KasaQuirks } from '../server/simulators/kasa-camera-quirks.ts';
import { CHROMIUM_ARGS } from './chromium-args.ts';
import { screenshot, untilLive } from './dashboard.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { median, readPictures } from './picture-age.ts';
import { type Cookie, isLive, pageLike, signInOnce, soundLevel, untilPlayer } from './player-page.ts';

const USERNAME = 'owner@mail.example';
const PASSWORD = 'kasa#p4ss/word?';
const CLIP_MS = 10_000;

test.use({
  launchOptions: {
    executablePath: '/usr/bin/chromium',
    args: [...CHROMIUM_ARGS, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  },
});

const cameras: KasaCamera[] = [];
let gateway: Gateway;
let cookie: Cookie;

async function start(quirks: KasaQuirks = {}): Promise<KasaCamera> {
  const camera = await startKasaCamera({
    username: USERNAME,
    password: PASSWORD,
    quirks,
    clip: await loadVideoClip(assetPath('main-720p.h264')),
    audio: await loadAudioClip(assetPath('tone.ulaw')),
    t0Ms: Math.floor(Date.now() / CLIP_MS) * CLIP_MS,
  });
  cameras.push(camera);
  return camera;
}

test.beforeAll(async () => {
  const [nursery, hall, porch, loft] = [
    await start(),
    await start(),
    await start(),
    await start({ endInsidePartAfter: 50 }),
  ];
  const login = { username: USERNAME, password: PASSWORD };
  gateway = await startGateway({
    args: [],
    config: {
      log: { level: 'debug' },
      cameras: [
        { id: 'nursery', name: 'Nursery', url: nursery.url, ...login },
        { id: 'hall', name: 'Hall', url: hall.url, ...login, password: `${PASSWORD}x` },
        { id: 'porch', name: 'Porch', url: porch.url, ...login },
        { id: 'loft', name: 'Loft', url: loft.url, ...login },
      ],
    },
  });
  cookie = await signInOnce(gateway);
});
test.beforeEach(({ context }) => context.addCookies([cookie]));
test.afterAll(async () => {
  await gateway.stop();
  await Promise.all(cameras.map((camera) => camera.close()));
});

test('a Kasa camera is live in the browser with sound, less than 300 ms old', async ({ page }) => {
  await page.goto(`${gateway.url}/embed/nursery?muted=0`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive('webrtc'));
  const [picture] = await readPictures(page, 'video:not([aria-hidden])', 3000);
  expect(picture?.frames).toBeGreaterThan(50);
  expect(median(picture?.agesMs ?? [])).toBeLessThan(300);
  expect(await soundLevel(pageLike(page))).toBeGreaterThan(0.01);
});

test('what is said into the microphone comes out of the camera, byte for byte', async ({ page, context }) => {
  await context.grantPermissions(['microphone'], { origin: gateway.url });
  const sent: Buffer[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (typeof payload !== 'string') sent.push(payload);
    }),
  );
  await page.goto(`${gateway.url}/cameras/nursery`);
  const talk = page.getByRole('button', { name: /hold to talk/i });
  await talk.hover();
  await page.mouse.down();
  await expect.poll(() => cameras[0]?.heard().length ?? 0, { timeout: 15_000 }).toBeGreaterThan(8000);
  await page.mouse.up();
  await page.waitForTimeout(500);
  const heard = Buffer.from(cameras[0]?.heard() ?? []);
  const said = Buffer.concat(sent);
  expect(heard.length).toBeGreaterThan(8000);
  expect(said.subarray(0, heard.length).equals(heard)).toBe(true);
});

test('each failure has its own sentence in the tile', async ({ page }) => {
  const message = (camera: string) => page.locator(`[data-camera="${camera}"]`);
  const [nursery, , porch] = cameras;
  await page.goto(gateway.url);
  await untilLive(page, 'nursery');
  await expect(message('hall')).toContainText('refuses this user name or password');
  await expect(message('loft')).toContainText('ended the stream', { timeout: 20_000 });

  await untilLive(page, 'porch');
  const switchPorch = async (value: boolean) => {
    const answer = await page.request.put(`${gateway.url}/api/cameras/porch/controls/camera`, {
      data: { value },
      headers: { origin: gateway.url },
    });
    expect(answer.ok(), await answer.text()).toBe(true);
  };
  await switchPorch(false);
  await expect(message('porch')).toContainText('privacy switch', { timeout: 20_000 });
  expect(porch?.settings.get('switch')).toBe('off');
  // Without being told, the gateway asks such a camera again after 15 s at the soonest.
  await switchPorch(true);
  await expect(message('porch').locator('.tile')).toHaveAttribute('data-mark', 'live', { timeout: 10_000 });

  nursery?.stall();
  await expect(message('nursery')).toContainText(/No new picture|sends no picture/, { timeout: 20_000 });
  await screenshot(page, 'kasa-states');
  nursery?.stall(false);
  await untilLive(page, 'nursery');
});

test('no credential is in any log line, API answer or address', async ({ page }) => {
  const secrets = [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(PASSWORD).toString('base64')];
  const answers = [];
  for (const path of ['/api/cameras', '/api/cameras/nursery', '/api/cameras/hall', '/api/audit', '/metrics']) {
    answers.push(await (await page.request.get(gateway.url + path)).text());
  }
  const probe = await page.request.post(`${gateway.url}/api/cameras/probe`, {
    data: { url: cameras[1]?.url.replace('kasa://', `kasa://${encodeURIComponent(USERNAME)}:wrong-${PASSWORD}@`) },
    headers: { origin: gateway.url },
  });
  answers.push(await probe.text());
  expect(gateway.log.length).toBeGreaterThan(5);
  for (const text of [...answers, ...gateway.log]) for (const secret of secrets) expect(text).not.toContain(secret);
});
