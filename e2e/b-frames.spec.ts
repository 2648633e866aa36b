import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { startBufferingProxy } from './buffering-proxy.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { block, isLive, type PageLike, pageLike, untilPlayer } from './player-page.ts';
import { type Engine, startFirefox } from './webdriver.ts';

const TOKEN = 'journeys-of-b-frames';
const FPS = 25;
const PICTURES = 300;
const MAX_DROPPED = 2;
const MOST_LOOKS = 4;
const LONGEST_GAP_MS = (3 * 1000) / FPS;
/** The start is a recap, and the player settles at its distance to the edge. */
const SETTLE_MS = 6000;

test.describe.configure({ timeout: 120_000 });

let folder: string;
let gateway: Gateway;

test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'oriel-b-frames-'));
  const file = path.join(folder, 'b-frames.mp4');
  const picture = `testsrc2=size=640x360:rate=${FPS}:duration=20`;
  const coding = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-b_strategy', '0', '-g', '50'];
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', picture, ...coding, '-pix_fmt', 'yuv420p', file]);
  const cameras = [{ id: 'porch', name: 'Porch', url: `clip://${file}` }];
  const tokens = [{ name: 'journeys', role: 'viewer', token: TOKEN }];
  gateway = await startGateway({ args: [], config: { cameras, auth: { tokens } } });
});

test.afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

const address = (origin: string): string => `${origin}/embed/porch?token=${TOKEN}&quality=main`;

type Look = { readonly dropped: number; readonly seen: number; readonly gapsMs: readonly number[] };

/** Runs in the page: 300 pictures, those that the browser left out, and the longest waits between two. */
async function lookAtPictures(pictures: number): Promise<Look> {
  const element = document.querySelector('oriel-player') as unknown as { player: { video: HTMLVideoElement } };
  const { video } = element.player;
  const before = video.getVideoPlaybackQuality();
  const times: number[] = [];
  await new Promise<void>((resolve) => {
    const endsAt = performance.now() + 30_000;
    const onPicture = (nowMs: number): void => {
      times.push(nowMs);
      const { totalVideoFrames } = video.getVideoPlaybackQuality();
      if (totalVideoFrames - before.totalVideoFrames >= pictures || nowMs > endsAt) resolve();
      else video.requestVideoFrameCallback(onPicture);
    };
    video.requestVideoFrameCallback(onPicture);
    setTimeout(resolve, 30_000);
  });
  const after = video.getVideoPlaybackQuality();
  const gapsMs = times.slice(1).map((time, at) => Math.round(time - (times[at] as number)));
  return {
    dropped: after.droppedVideoFrames - before.droppedVideoFrames,
    seen: times.length,
    gapsMs: gapsMs.sort((a, b) => b - a).slice(0, 5),
  };
}

/** On a busy machine a browser loses pictures of any camera, so the quietest of a few looks counts. */
async function expectEven(page: PageLike, transport: string): Promise<void> {
  const { switches } = await untilPlayer(page, isLive(transport), 30_000);
  await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), SETTLE_MS);
  const looks: Look[] = [];
  const isEven = ({ dropped, gapsMs }: Look) => dropped <= MAX_DROPPED && (gapsMs[0] ?? 0) <= LONGEST_GAP_MS;
  while (looks.length < MOST_LOOKS && !looks.some(isEven)) looks.push(await page.evaluate(lookAtPictures, PICTURES));
  test.info().annotations.push({ type: transport, description: JSON.stringify(looks) });
  expect(looks.some(isEven), JSON.stringify(looks)).toBe(true);
  expect(await untilPlayer(page, isLive(transport))).toMatchObject({ switches });
}

for (const [transport, blocked] of [
  ['mp4', ['webrtc']],
  ['hls', ['webrtc', 'mp4']],
] as const) {
  test(`a camera with B-frames plays evenly in Chromium over ${transport}`, async ({ page }) => {
    await block(page, blocked);
    await page.goto(address(gateway.url), { waitUntil: 'commit' });
    await expectEven(pageLike(page), transport);
  });
}

test.describe('Firefox', () => {
  let firefox: Engine;

  test.beforeAll(async () => {
    firefox = await startFirefox();
  });

  test.afterAll(async () => {
    await firefox.close();
  });

  test('a camera with B-frames plays evenly in Firefox over mp4', async () => {
    await firefox.goto(address(gateway.url));
    await expectEven(firefox, 'mp4');
  });

  test('a camera with B-frames plays evenly in Firefox over hls', async () => {
    const proxy = await startBufferingProxy(gateway.url);
    try {
      await firefox.goto(address(proxy.url));
      await expectEven(firefox, 'hls');
    } finally {
      await proxy.close();
    }
  });
});
