import { expect, test } from '@playwright/test';
import { assetPath } from '../server/platform/paths.ts';
import { loadAudioClip, loadVideoClip } from '../server/simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../server/simulators/rtsp-camera.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { isLive, pageLike, signIn, soundLevel, untilPlayer } from './player-page.ts';

let camera: RtspCamera;
let gateway: Gateway;

test.beforeEach(async () => {
  const clip = await loadVideoClip(assetPath('sub-360p.h264'));
  const audio = await loadAudioClip(assetPath('tone.ulaw'));
  const withoutVideo = (sdp: string): string => sdp.replace(/m=video[\s\S]*?(?=m=audio)/, '');
  camera = await startRtspCamera({
    paths: [{ path: '/ears', clip, audio, quirks: { sdp: { rewrite: withoutVideo } } }],
  });
  const cameras = [{ id: 'nursery', name: 'Nursery', url: camera.url('/ears') }];
  gateway = await startGateway({ args: [], config: { cameras } });
});

test.afterEach(async () => {
  await gateway.stop();
  await camera.close();
});

test('a camera without a picture is heard, and its tile says that there is sound only', async ({ page }) => {
  await signIn(page, gateway);
  await page.goto(`${gateway.url}/embed/nursery?muted=0`, { waitUntil: 'commit' });
  const facts = await untilPlayer(pageLike(page), isLive('webrtc'));
  expect(facts.message).toBe('Sound only');
  await expect.poll(() => soundLevel(pageLike(page)), { timeout: 20_000 }).toBeGreaterThan(0.01);
  expect(await untilPlayer(pageLike(page), isLive('webrtc'))).toMatchObject({ switches: 0 });
});
