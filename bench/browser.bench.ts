// What a person sees and hears, in Chromium with the product's own player: the time from the start of the player to the first
// picture of a running stream, the age of the picture by its frame number, the longest gap, and the sound. Medians over trials.
// To measure only some rows, name their beginnings: `node --import tsx bench/browser.bench.ts LL-HLS 'live.mp4 with sound'`.
import { chromium } from '@playwright/test';
import { CHROMIUM_ARGS } from '../e2e/chromium-args.ts';
import { AUDIBLE, growEars } from '../e2e/ears.ts';
import { startGateway } from '../e2e/gateway.ts';
import { median, readPictures } from '../e2e/picture-age.ts';
import { block, isLive, pageLike, signInOnce, untilPlayer } from '../e2e/player-page.ts';

const TRIALS = 3;
const SETTLE_MS = 3000;
const LOOK_MS = 5000;
const CAMERAS = [
  { id: 'driveway', interval: 2 },
  { id: 'garden', interval: 10 },
];
const WAYS = [
  { transport: 'webrtc', name: 'WebRTC', blocked: [], firstMs: 300, ageMs: 40, ageWithSoundMs: 150 },
  { transport: 'mp4', name: 'live.mp4', blocked: ['webrtc'], firstMs: 300, ageMs: 200, gapMs: 120 },
  { transport: 'hls', name: 'LL-HLS', blocked: ['webrtc', 'mp4'], firstMs: 400, ageMs: 350, gapMs: 120 },
] as const;
const SOUNDS = [
  { query: '', name: '' },
  { query: '&muted=0', name: ' with sound' },
];

const asked = process.argv.slice(2);
const gateway = await startGateway({ config: { log: { level: 'warn' } } });
const cookie = await signInOnce(gateway);
const ears = await growEars();
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: CHROMIUM_ARGS,
  env: { ...process.env, ...ears.env } as Record<string, string>,
  ignoreDefaultArgs: ['--mute-audio'],
});
const stop = new AbortController();
for (const { id } of CAMERAS) void keepRunning(id);
await new Promise((resolve) => setTimeout(resolve, 12_000));

for (const { id, interval } of CAMERAS) {
  for (const way of WAYS) {
    for (const sound of SOUNDS) {
      const name = `${way.name}${sound.name}, key frame every ${interval} s`;
      if (asked.length > 0 && !asked.some((start) => name.startsWith(start))) continue;
      const seen = { firstMs: [] as number[], ageMs: [] as number[], gapMs: [] as number[] };
      const heard = { level: [] as number[], silentMs: [] as number[] };
      for (let trial = 0; trial < TRIALS; trial++) {
        const found = await watch(`${id}?quality=main${sound.query}`, way.blocked, way.transport);
        seen.firstMs.push(found.firstMs);
        seen.ageMs.push(found.ageMs);
        seen.gapMs.push(found.gapMs);
        heard.level.push(found.level);
        heard.silentMs.push(found.silentMs);
      }
      row(`${name}: first picture`, median(seen.firstMs), { limit: way.firstMs });
      const ageMs = sound.query && 'ageWithSoundMs' in way ? way.ageWithSoundMs : way.ageMs;
      row(`${name}: glass to glass`, median(seen.ageMs), { limit: ageMs });
      row(`${name}: longest gap`, median(seen.gapMs), 'gapMs' in way ? { limit: way.gapMs } : {});
      if (!sound.query) continue;
      row(`${name}: loudness, thousandths`, median(heard.level) * 1000, { atLeast: AUDIBLE * 1000 }, '');
      row(`${name}: silent in ${LOOK_MS / 1000} s`, median(heard.silentMs), {});
    }
  }
}
stop.abort();
await browser.close();
await ears.close();
await gateway.stop();

type Watched = {
  readonly firstMs: number;
  readonly ageMs: number;
  readonly gapMs: number;
  readonly level: number;
  readonly silentMs: number;
};

async function watch(address: string, blocked: readonly ('webrtc' | 'mp4')[], transport: string): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.addCookies([cookie]);
  const page = await context.newPage();
  // The loader of this file inserts calls of a helper that names functions, and pages do not have that helper.
  await page.addInitScript('globalThis.__name = (named) => named');
  await block(page, blocked);
  await page.goto(`${gateway.url}/embed/${address}`, { waitUntil: 'commit' });
  await untilPlayer(pageLike(page), isLive(transport));
  await page.waitForTimeout(SETTLE_MS);
  const listening = ears.listen(LOOK_MS);
  const [picture] = await readPictures(page, 'video:not([aria-hidden])', LOOK_MS);
  const { levels, gapsMs } = await listening;
  // The time when this way was tried, so that the blocked ways before it are not measured.
  const firstMs = await page.evaluate(async (isFirstWay) => {
    type Step = { step: string; fromMs: number; toMs: number };
    type Element = { player: { statistics(): Promise<{ waterfall: readonly Step[] }> } };
    const { player } = document.querySelector('oriel-player') as unknown as Element;
    const { waterfall } = await player.statistics();
    const triedMs = isFirstWay ? 0 : Math.min(...waterfall.map(({ fromMs }) => fromMs));
    return Math.max(...waterfall.map(({ toMs }) => toMs)) - triedMs;
  }, blocked.length === 0);
  await context.close();
  return {
    firstMs,
    ageMs: median(picture?.agesMs ?? []),
    gapMs: picture?.longestGapMs ?? Number.NaN,
    level: Math.max(...levels),
    silentMs: gapsMs.reduce((sum, gapMs) => sum + gapMs, 0),
  };
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

function row(name: string, value: number, goal: { limit?: number; atLeast?: number }, unit = 'ms'): void {
  console.log(JSON.stringify({ name, value: Math.round(value), unit, ...goal }));
}
