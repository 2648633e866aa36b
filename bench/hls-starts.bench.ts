// Twenty starts of LL-HLS in Chromium with the product's own player, with a camera that has B-frames and with one that has
// none: how many show a picture and then stand still, the time to the first picture, the longest gap in the next two seconds.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { CHROMIUM_ARGS } from '../e2e/chromium-args.ts';
import { startGateway } from '../e2e/gateway.ts';
import { median } from '../e2e/picture-age.ts';
import { block, isLive, pageLike, signInOnce, untilPlayer } from '../e2e/player-page.ts';

const STARTS = Number(process.env.STARTS ?? 20);
const LOOK_MS = 2000;
const FROZEN_MS = 1000;
const KEY_EVERY = 100;

const folder = mkdtempSync(path.join(tmpdir(), 'oriel-starts-'));
function encode(name: string, bFrames: number): string {
  const file = path.join(folder, name);
  const options = `keyint=${KEY_EVERY}:min-keyint=${KEY_EVERY}:scenecut=0:b-adapt=0:open-gop=0`;
  const encoder = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', `${bFrames}`, '-x264-params', options];
  const input = ['-v', 'error', '-r', '25', '-i', path.resolve('assets/main-720p.h264'), '-t', '12'];
  execFileSync('ffmpeg', [...input, ...encoder, '-b:v', '2M', '-s', '640x360', file]);
  return `clip://${file}`;
}

const cameras = [
  { id: 'b-frames', url: encode('b-frames.mp4', 2) },
  { id: 'plain', url: encode('plain.mp4', 0) },
];
const gateway = await startGateway({ config: { log: { level: 'warn' }, cameras }, args: [] });
const cookie = await signInOnce(gateway);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: CHROMIUM_ARGS });
const stop = new AbortController();
for (const { id } of cameras) void keepRunning(id);
await new Promise((resolve) => setTimeout(resolve, 6000));

for (const { id } of cameras) {
  const firsts: number[] = [];
  const gaps: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const { firstMs, gapMs } = await watch(id);
    firsts.push(firstMs);
    gaps.push(gapMs);
  }
  const frozen = gaps.filter((gapMs) => gapMs > FROZEN_MS).length;
  row(`LL-HLS, ${id}: starts of ${STARTS} that stand still`, frozen, { limit: 0 }, '');
  row(`LL-HLS, ${id}: first picture`, median(firsts), {});
  row(`LL-HLS, ${id}: longest gap behind it, median`, median(gaps), {});
  row(`LL-HLS, ${id}: longest gap behind it, worst`, Math.max(...gaps), {});
}
stop.abort();
await browser.close();
await gateway.stop();
rmSync(folder, { recursive: true });

async function watch(camera: string): Promise<{ firstMs: number; gapMs: number }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.addCookies([cookie]);
  const page = await context.newPage();
  await page.addInitScript('globalThis.__name = (named) => named');
  await page.addInitScript(() => {
    const times: number[] = [];
    Object.assign(globalThis, { shownAtMs: times });
    const watched = new WeakSet<HTMLVideoElement>();
    const look = (): void => {
      const player = document.querySelector('oriel-player');
      for (const video of player?.shadowRoot?.querySelectorAll('video') ?? []) {
        if (watched.has(video)) continue;
        watched.add(video);
        const shown = (): void => {
          times.push(performance.now());
          video.requestVideoFrameCallback(shown);
        };
        video.requestVideoFrameCallback(shown);
      }
    };
    setInterval(look, 10);
  });
  await block(page, ['webrtc', 'mp4']);
  await page.goto(`${gateway.url}/embed/${camera}?quality=main`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive('hls'));
  await page.waitForTimeout(LOOK_MS);
  const seen = await page.evaluate(async () => {
    type Element = { player: { statistics(): Promise<{ waterfall: readonly { fromMs: number; toMs: number }[] }> } };
    const { player } = document.querySelector('oriel-player') as unknown as Element;
    const { waterfall } = await player.statistics();
    const { shownAtMs } = globalThis as unknown as { shownAtMs: number[] };
    const firstMs = Math.max(...waterfall.map(({ toMs }) => toMs)) - Math.min(...waterfall.map(({ fromMs }) => fromMs));
    return { firstMs, shownAtMs: [...shownAtMs, performance.now()] };
  });
  await context.close();
  const gaps = seen.shownAtMs.slice(1).map((atMs, index) => atMs - (seen.shownAtMs[index] as number));
  return { firstMs: seen.firstMs, gapMs: Math.max(...gaps) };
}

/** Another viewer watches all the time, so that the stream is running when the next viewer comes. */
async function keepRunning(camera: string): Promise<void> {
  try {
    const headers = { cookie: `${cookie.name}=${cookie.value}` };
    const reply = await fetch(`${gateway.url}/api/cameras/${camera}/live.mp4`, { headers, signal: stop.signal });
    for await (const _ of reply.body ?? []) if (stop.signal.aborted) return;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

function row(name: string, value: number, goal: { limit?: number }, unit = 'ms'): void {
  console.log(JSON.stringify({ name, value: Math.round(value), unit, ...goal }));
}
