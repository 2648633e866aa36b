import path from 'node:path';
import { expect, test } from '@playwright/test';
import { loadVideoClip } from '../server/simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../server/simulators/rtsp-camera.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { isLive, type PlayerFacts, pageLike, untilPlayer } from './player-page.ts';
import { startWebkit } from './webdriver.ts';

const TOKEN = 'journeys-of-codecs';

let camera: RtspCamera;
let gateway: Gateway;

test.beforeAll(async () => {
  const clip = (file: string) => loadVideoClip(path.resolve('assets', file));
  camera = await startRtspCamera({
    paths: [
      { path: '/h265', clip: await clip('main-720p.h265') },
      { path: '/small', clip: await clip('sub-360p.h264') },
    ],
  });
  const large = camera.url('/h265');
  const cameras = [
    { id: 'h265', name: 'H.265 alone', url: large },
    { id: 'both', name: 'H.265 and H.264', url: large, substream: camera.url('/small') },
  ];
  const tokens = [{ name: 'journeys', role: 'viewer', token: TOKEN }];
  gateway = await startGateway({ args: [], config: { cameras, auth: { tokens } } });
});

test.afterAll(async () => {
  await gateway.stop();
  await camera.close();
});

const address = (id: string): string => `${gateway.url}/embed/${id}?token=${TOKEN}&quality=main`;

test('H.265 that this browser cannot play: the H.264 sub-stream instead', async ({ page }) => {
  await page.goto(address('both'), { waitUntil: 'commit' });
  expect(await untilPlayer(pageLike(page), isLive(), 60_000)).toMatchObject({ quality: 'sub' });
});

test('H.265 alone: a sentence that names the reason and the setting to change', async ({ page }) => {
  await page.goto(address('h265'), { waitUntil: 'commit' });
  const isNamed = ({ phase, message }: PlayerFacts) => phase === 'unsupported' && message?.includes('H.265') === true;
  const facts = await untilPlayer(pageLike(page), isNamed, 60_000);
  expect(facts.message).toContain("Set the camera's video encoding to H.264");
});

test('H.265 plays in WebKit', async () => {
  const webkit = await startWebkit();
  try {
    await webkit.goto(address('h265'));
    await untilPlayer(webkit, isLive(), 60_000);
  } finally {
    await webkit.close();
  }
});
