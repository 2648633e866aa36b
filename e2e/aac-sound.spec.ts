import { execFileSync } from 'node:child_process';
import { chromium, expect, test } from '@playwright/test';
import { assetPath } from '../server/platform/paths.ts';
import { loadAudioClip, loadVideoClip } from '../server/simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../server/simulators/rtsp-camera.ts';
import { CHROMIUM_ARGS } from './chromium-args.ts';
import { growEars } from './ears.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { block, isLive, pageLike, signIn, soundLevel, untilPlayer } from './player-page.ts';

let camera: RtspCamera;
let gateway: Gateway;

test.beforeEach(async () => {
  const clip = await loadVideoClip(assetPath('main-720p.h264'));
  const audio = await loadAudioClip(assetPath('tone.adts'));
  camera = await startRtspCamera({ paths: [{ path: '/aac', clip, audio }] });
  const cameras = [{ id: 'porch', name: 'Porch', url: camera.url('/aac') }];
  gateway = await startGateway({ args: [], config: { cameras } });
});

test.afterEach(async () => {
  await gateway.stop();
  await camera.close();
});

test('AAC is heard over WebRTC, and ffmpeg runs only while somebody listens', async ({ page }) => {
  const encoders = (): number => {
    try {
      return execFileSync('pgrep', ['-P', String(gateway.pid), '-f', 'libopus'], { encoding: 'utf8' })
        .trim()
        .split('\n').length;
    } catch {
      return 0; // pgrep's way of saying none.
    }
  };
  await signIn(page, gateway);
  await page.goto(`${gateway.url}/embed/porch`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive('webrtc'));
  expect(encoders()).toBe(0);
  await page.goto(`${gateway.url}/embed/porch?muted=0`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive('webrtc'));
  await expect.poll(() => soundLevel(pageLike(page)), { timeout: 20_000 }).toBeGreaterThan(0.01);
  expect(encoders()).toBe(1);
  await page.goto('about:blank');
  await expect.poll(encoders, { timeout: 15_000 }).toBe(0);
});

test('AAC is heard as it is, by live.mp4 and by LL-HLS', async () => {
  const ears = await growEars();
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: CHROMIUM_ARGS,
    env: { ...process.env, ...ears.env } as Record<string, string>,
    ignoreDefaultArgs: ['--mute-audio'],
  });
  try {
    const page = await browser.newPage();
    await signIn(page, gateway);
    for (const [transport, blocked] of [
      ['mp4', ['webrtc']],
      ['hls', ['mp4']],
    ] as const) {
      await block(page, blocked);
      await page.goto(`${gateway.url}/embed/porch?muted=0`, { waitUntil: 'commit' });
      await untilPlayer(pageLike(page), isLive(transport));
      await ears.expectSound();
    }
  } finally {
    await browser.close();
    await ears.close();
  }
});

test('without ffmpeg AAC moves to live.mp4 while somebody listens, and is heard there', async () => {
  await gateway.stop();
  const cameras = [{ id: 'porch', name: 'Porch', url: camera.url('/aac') }];
  gateway = await startGateway({ args: [], config: { cameras }, env: { PATH: '/nothing-is-installed-here' } });
  const ears = await growEars();
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: CHROMIUM_ARGS,
    env: { ...process.env, ...ears.env } as Record<string, string>,
    ignoreDefaultArgs: ['--mute-audio'],
  });
  try {
    const page = await browser.newPage();
    await signIn(page, gateway);
    await page.goto(`${gateway.url}/embed/porch`, { waitUntil: 'commit' });
    await untilPlayer(pageLike(page), isLive('webrtc'));
    await page.evaluate(() => {
      const element = document.querySelector('oriel-player') as unknown as {
        player: { setMuted(muted: boolean): void };
      };
      element.player.setMuted(false);
    });
    await untilPlayer(pageLike(page), isLive('mp4'));
    await ears.expectSound();
    await page.evaluate(() => {
      const element = document.querySelector('oriel-player') as unknown as {
        player: { setMuted(muted: boolean): void };
      };
      element.player.setMuted(true);
    });
    await untilPlayer(pageLike(page), isLive('webrtc'), 40_000);
  } finally {
    await browser.close();
    await ears.close();
  }
});
