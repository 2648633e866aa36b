import { chromium, expect, test } from '@playwright/test';
import { CHROMIUM_ARGS } from './chromium-args.ts';
import { openDashboard, untilLive } from './dashboard.ts';
import { type Gateway, startGateway } from './gateway.ts';

const OWNERS_TOKEN = 'journey-of-a-killed-browser';
const NOTICED_WITHIN_MS = 5000;

let gateway: Gateway;

test.beforeAll(async () => {
  const tokens = [{ name: 'journeys', role: 'admin', token: OWNERS_TOKEN }];
  gateway = await startGateway({ config: { auth: { tokens } } });
});
test.afterAll(() => gateway.stop());

async function webrtcViewers(): Promise<number> {
  const response = await fetch(`${gateway.url}/api/viewers`, { headers: { authorization: `Bearer ${OWNERS_TOKEN}` } });
  return ((await response.json()) as { kind: string }[]).filter(({ kind }) => kind === 'webrtc').length;
}

test('a browser that is killed is noticed within 5 s', async () => {
  const server = await chromium.launchServer({ executablePath: '/usr/bin/chromium', args: CHROMIUM_ARGS });
  const browser = await chromium.connect(server.wsEndpoint());
  const page = await browser.newPage();
  await openDashboard(page, gateway);
  await untilLive(page, 'driveway');
  expect(await webrtcViewers()).toBeGreaterThan(0);
  server.process().kill('SIGKILL');
  const killedMs = performance.now();
  await expect.poll(webrtcViewers, { timeout: 15_000, intervals: [100] }).toBe(0);
  expect(performance.now() - killedMs).toBeLessThan(NOTICED_WITHIN_MS);
});
