import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { assetPath } from '../server/platform/paths.ts';
import { loadAudioClip, loadVideoClip } from '../server/simulators/clip.ts';
import { startRtspCamera } from '../server/simulators/rtsp-camera.ts';
import { startGateway } from './gateway.ts';
import { isLive, pageLike, signIn, soundLevel, untilPlayer } from './player-page.ts';

test('AAC is heard over WebRTC, and ffmpeg runs only while somebody listens', async ({ page }) => {
  const camera = await startRtspCamera({
    paths: [
      {
        path: '/aac',
        clip: await loadVideoClip(assetPath('main-720p.h264')),
        audio: await loadAudioClip(assetPath('tone.adts')),
      },
    ],
  });
  const gateway = await startGateway({
    args: [],
    config: { cameras: [{ id: 'porch', name: 'Porch', url: camera.url('/aac') }] },
  });
  const encoders = (): number => {
    try {
      return execFileSync('pgrep', ['-P', String(gateway.pid), '-f', 'libopus'], { encoding: 'utf8' })
        .trim()
        .split('\n').length;
    } catch {
      return 0; // pgrep's way of saying none.
    }
  };
  try {
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
  } finally {
    await gateway.stop();
    await camera.close();
  }
});
