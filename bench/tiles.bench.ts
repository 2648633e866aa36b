// A page of many tiles: compares one peer connection for all tiles with one for each, on the real dashboard in Chromium, with
// the running sub-streams of the demo cameras. Both ways take turns. Medians over rounds.
import { chromium } from '@playwright/test';
import { CHROMIUM_ARGS } from '../e2e/chromium-args.ts';
import { freePort, type Gateway, startCameras, startGateway } from '../e2e/gateway.ts';
import { median } from '../e2e/picture-age.ts';
import { type Cookie, signInOnce } from '../e2e/player-page.ts';
import { firstPictures, gridFacts, openGrid, type Way } from './tiles/grid-start.ts';
import { ProcessTree } from './tiles/process-tree.ts';

const TILES = [4, 9, 16, 36];
const ROUNDS = 3;
const SCENES = ['driveway', 'harbour', 'garden', 'warehouse'];
const START_WITHIN_MS = 120_000;
const BROWSER_SETTLES_MS = 1500;
const GRID_SETTLES_MS = 3000;
const STEADY_MS = 6000;

type Start = {
  medianMs: number;
  lastMs: number;
  gatewayStartMs: number;
  browserStartMs: number;
  gatewayPercent: number;
  browserPercent: number;
  gatewayMb: number;
  browserMb: number;
  connections: number;
  pairs: number;
  sockets: number;
  lost: number;
  fps: number;
};

const WORDS: Record<keyof Start, readonly [name: string, unit: string]> = {
  medianMs: ['first picture, the median tile', 'ms'],
  lastMs: ['first picture, the last tile', 'ms'],
  gatewayStartMs: ["gateway's CPU for the start", 'ms'],
  browserStartMs: ["Chromium's CPU for the start", 'ms'],
  gatewayPercent: ["gateway's CPU afterwards", '% core'],
  browserPercent: ["Chromium's CPU afterwards", '% core'],
  gatewayMb: ["gateway's memory", 'MB'],
  browserMb: ["Chromium's memory", 'MB'],
  connections: ['peer connections', ''],
  pairs: ['candidate pairs', ''],
  sockets: ["Chromium's UDP sockets", ''],
  lost: ['packets lost', ''],
  fps: ['pictures a second, all tiles', 'fps'],
};

/** What one connection for all may cost on a page of 36 tiles, as a fraction of what one for each costs. */
const WORTH = { lastMs: 0.7, gatewayStartMs: 0.5, browserStartMs: 0.8, gatewayPercent: 1.2, browserPercent: 1.2 };

const port = await freePort();
const cameras = await startCameras(port);
for (const tiles of TILES) await compare(tiles);
await cameras.kill();

async function compare(tiles: number): Promise<void> {
  const gateway = await startGateway({ config: { ...config(tiles), log: { level: 'warn' } }, args: [] });
  const cookie = await signInOnce(gateway);
  await start(gateway, cookie, tiles, 'own');
  const starts: Record<Way, Start[]> = { shared: [], own: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of round % 2 === 0 ? (['shared', 'own'] as const) : (['own', 'shared'] as const)) {
      starts[way].push(await start(gateway, cookie, tiles, way));
    }
  }
  await gateway.stop();
  const value = (way: Way, fact: keyof Start) => median(starts[way].map((one) => one[fact]));
  for (const [fact, [name, unit]] of Object.entries(WORDS) as [keyof Start, readonly [string, string]][]) {
    row(`${tiles} tiles, one for all: ${name}`, value('shared', fact), unit);
    row(`${tiles} tiles, one for each: ${name}`, value('own', fact), unit);
  }
  if (tiles < 36) return;
  for (const [fact, limit] of Object.entries(WORTH) as [keyof typeof WORTH, number][]) {
    const ratio = value('shared', fact) / value('own', fact);
    row(`${tiles} tiles, one for all by one for each: ${WORDS[fact][0]}`, ratio, '', limit);
  }
}

function config(tiles: number): Record<string, unknown> {
  const login = { username: 'demo', password: 'demo-camera' };
  const list = Array.from({ length: tiles }, (_, at) => {
    const url = `rtsp://127.0.0.1:${port}/${SCENES[at % SCENES.length]}`;
    return { id: `camera-${at}`, name: `Camera ${at + 1}`, url: `${url}/main`, substream: `${url}/sub`, ...login };
  });
  const limits = { maxViewers: 4 * tiles, maxCameraConnections: 2 * tiles };
  return { cameras: list, limits, sources: { lingerSeconds: 120 } };
}

async function start(gateway: Gateway, cookie: Cookie, tiles: number, way: Way): Promise<Start> {
  const server = await chromium.launchServer({ executablePath: '/usr/bin/chromium', args: CHROMIUM_ARGS });
  const browser = await chromium.connect(server.wsEndpoint());
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  await context.addCookies([cookie]);
  const gatewayTree = new ProcessTree(gateway.pid);
  const browserTree = new ProcessTree(server.process().pid as number);
  const cpu = () => ({ gateway: gatewayTree.cpuSeconds(), browser: browserTree.cpuSeconds(), atMs: Date.now() });
  await new Promise((resolve) => setTimeout(resolve, BROWSER_SETTLES_MS));

  const asked = cpu();
  const page = await openGrid(context, gateway.url, way);
  const firsts = await firstPictures(page, tiles, START_WITHIN_MS);
  const shown = cpu();
  await page.waitForTimeout(GRID_SETTLES_MS);
  const before = { ...cpu(), ...(await gridFacts(page)) };
  await page.waitForTimeout(STEADY_MS);
  const after = { ...cpu(), ...(await gridFacts(page)) };
  const seconds = (after.atMs - before.atMs) / 1000;
  const found = {
    medianMs: median(firsts),
    lastMs: firsts.at(-1) ?? Number.NaN,
    gatewayStartMs: (shown.gateway - asked.gateway) * 1000,
    browserStartMs: (shown.browser - asked.browser) * 1000,
    gatewayPercent: ((after.gateway - before.gateway) / seconds) * 100,
    browserPercent: ((after.browser - before.browser) / seconds) * 100,
    gatewayMb: gatewayTree.memoryMb(),
    browserMb: browserTree.memoryMb(),
    connections: after.connections,
    pairs: after.pairs,
    lost: after.lost,
    sockets: browserTree.udpSockets(),
    fps: (after.frames - before.frames) / seconds,
  };
  await browser.close();
  await server.close();
  return found;
}

function row(name: string, value: number, unit: string, limit?: number): void {
  const rounded = Math.round(value * 100) / 100;
  console.log(JSON.stringify({ name, value: rounded, unit, ...(limit === undefined ? {} : { limit }) }));
}
