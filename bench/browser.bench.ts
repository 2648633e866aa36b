// What a person sees, in Chromium with the product's own player: time from the start of the player to the first picture of a
// stream that runs already, age of the picture by its frame number, longest gap. Medians over trials.
import { chromium } from '@playwright/test';
import { CHROMIUM_ARGS } from '../e2e/chromium-args.ts';
import { startGateway } from '../e2e/gateway.ts';
import { median, readPictures } from '../e2e/picture-age.ts';
import { isLive, pageLike, signInOnce, untilPlayer } from '../e2e/player-page.ts';

const TRIALS = 3;
const SETTLE_MS = 3000;
const LOOK_MS = 5000;
const CAMERAS = [
  { id: 'driveway', interval: 2 },
  { id: 'garden', interval: 10 },
];
const WAYS = [
  { transport: 'webrtc', name: 'WebRTC', blocked: [], firstMs: 300, ageMs: 40 },
  { transport: 'mp4', name: 'live.mp4', blocked: ['webrtc'], firstMs: 300, ageMs: 200, gapMs: 120 },
  { transport: 'hls', name: 'LL-HLS', blocked: ['webrtc', 'mp4'], firstMs: 400, ageMs: 350, gapMs: 120 },
] as const;

const gateway = await startGateway({ config: { log: { level: 'warn' } } });
const cookie = await signInOnce(gateway);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: CHROMIUM_ARGS });
const stop = new AbortController();
for (const { id } of CAMERAS) void keepRunning(id);
await new Promise((resolve) => setTimeout(resolve, 12_000));

for (const { id, interval } of CAMERAS) {
  for (const way of WAYS) {
    const seen = { firstMs: [] as number[], ageMs: [] as number[], gapMs: [] as number[] };
    for (let trial = 0; trial < TRIALS; trial++) {
      const found = await watch(id, way.blocked, way.transport);
      seen.firstMs.push(found.firstMs);
      seen.ageMs.push(found.ageMs);
      seen.gapMs.push(found.gapMs);
    }
    const name = `${way.name}, key frame every ${interval} s`;
    row(`${name}: first picture`, median(seen.firstMs), way.firstMs);
    row(`${name}: glass to glass`, median(seen.ageMs), way.ageMs);
    row(`${name}: longest gap`, median(seen.gapMs), 'gapMs' in way ? way.gapMs : undefined);
  }
}
stop.abort();
await browser.close();
await gateway.stop();

async function watch(
  camera: string,
  blocked: readonly ('webrtc' | 'mp4')[],
  transport: string,
): Promise<{ firstMs: number; ageMs: number; gapMs: number }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.addCookies([cookie]);
  const page = await context.newPage();
  // The loader that runs this file names functions by a helper that pages do not have.
  await page.addInitScript('globalThis.__name = (named) => named');
  if (blocked.includes('webrtc')) await page.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
  if (blocked.includes('mp4')) await page.route('**/live.mp4*', (route) => route.abort());
  await page.goto(`${gateway.url}/embed/${camera}?quality=main`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive(transport));
  await page.waitForTimeout(SETTLE_MS);
  const [picture] = await readPictures(page, 'video:not([aria-hidden])', LOOK_MS);
  const firstMs = await page.evaluate(async () => {
    type Step = { step: string; toMs: number };
    type Element = { player: { statistics(): Promise<{ waterfall: readonly Step[] }> } };
    const { player } = document.querySelector('oriel-player') as unknown as Element;
    return Math.max(...(await player.statistics()).waterfall.map((step) => step.toMs));
  });
  await context.close();
  return { firstMs, ageMs: median(picture?.agesMs ?? []), gapMs: picture?.longestGapMs ?? Number.NaN };
}

/** Somebody else watches all the time: the stream runs when the next viewer comes. */
async function keepRunning(camera: string): Promise<void> {
  try {
    const headers = { cookie: `${cookie.name}=${cookie.value}` };
    const reply = await fetch(`${gateway.url}/api/cameras/${camera}/live.mp4`, { headers, signal: stop.signal });
    for await (const _ of reply.body ?? []) if (stop.signal.aborted) return;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

function row(name: string, value: number, limit: number | undefined): void {
  console.log(
    JSON.stringify({ name, value: Math.round(value), unit: 'ms', ...(limit === undefined ? {} : { limit }) }),
  );
}
