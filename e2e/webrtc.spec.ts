import { expect, type Page, test } from '@playwright/test';
import { MeasuredProcess } from '../bench/rtsp/measured-process.ts';
import { assetPath } from '../server/platform/paths.ts';
import { loadAudioClip, loadVideoClip } from '../server/simulators/clip.ts';
import { type RtspCamera, startRtspCamera } from '../server/simulators/rtsp-camera.ts';
import { median } from './picture-age.ts';
import { type Engine, startFirefox } from './webdriver.ts';

/** What a page saw of one viewer. */
type Seen = {
  readonly error?: string;
  readonly firstMs: number;
  /** Until a picture was less than a second old. */
  readonly liveMs: number;
  readonly agesMs: readonly number[];
  readonly soundPackets: number;
  /** How far sound and picture are apart by the browser's own reckoning. */
  readonly apartMs?: number | undefined;
};

type Watching = {
  readonly url: string;
  readonly forMs: number;
  readonly withVideo: boolean;
  /** Stays this much longer, until sound and picture are in step. */
  readonly inStepWithinMs?: number;
};

/** Opens a viewer by WHEP, counts and dates its pictures by the squares in their corner, and closes. Runs in the page. */
async function watch({ url, forMs, withVideo, inStepWithinMs = 0 }: Watching): Promise<Seen> {
  const CLIP_MS = 10_000;
  const start = performance.now();
  const video = document.querySelector('video') as HTMLVideoElement;
  const pc = new RTCPeerConnection();
  const stream = new MediaStream();
  if (withVideo) pc.addTransceiver('video', { direction: 'recvonly' });
  pc.addTransceiver('audio', { direction: 'recvonly' });
  pc.ontrack = ({ track }) => {
    stream.addTrack(track);
    video.srcObject = stream;
  };
  const canvas = new OffscreenCanvas(256, 16);
  const context = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  const seen = {
    firstMs: 0,
    liveMs: 0,
    agesMs: [] as number[],
    soundPackets: 0,
    apartMs: undefined as number | undefined,
  };
  const look = (): void => {
    const nowMs = performance.now();
    seen.firstMs ||= nowMs - start;
    context.drawImage(video, 0, 0, 256, 16, 0, 0, 256, 16);
    const row = context.getImageData(0, 8, 256, 1).data;
    let number = 0;
    for (let bit = 0; bit < 16; bit++) if ((row[(bit * 16 + 8) * 4] ?? 0) > 128) number |= 1 << bit;
    let ageMs = (((performance.timeOrigin + nowMs - number * 40) % CLIP_MS) + CLIP_MS) % CLIP_MS;
    if (ageMs > CLIP_MS - 500) ageMs -= CLIP_MS;
    if (ageMs < 1000) seen.liveMs ||= nowMs - start;
    if (seen.liveMs > 0) seen.agesMs.push(ageMs);
    video.requestVideoFrameCallback(look);
  };
  if (withVideo) video.requestVideoFrameCallback(look);
  await pc.setLocalDescription(await pc.createOffer());
  const response = await fetch(url, { method: 'POST', body: pc.localDescription?.sdp ?? '' });
  const text = await response.text();
  if (!response.ok) return { ...seen, apartMs: 0, error: text };
  await pc.setRemoteDescription({ type: 'answer', sdp: text });
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const readApartMs = async (): Promise<number | undefined> => {
    const playout: Record<string, number> = {};
    for (const report of (await pc.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      if (report.kind === 'audio') seen.soundPackets = report.packetsReceived;
      if (report.estimatedPlayoutTimestamp) playout[report.kind] = report.estimatedPlayoutTimestamp;
    }
    return playout.video && playout.audio ? Math.abs(playout.video - playout.audio) : undefined;
  };
  seen.apartMs = await readApartMs();
  for (const endsMs = performance.now() + inStepWithinMs; performance.now() < endsMs && !((seen.apartMs ?? 0) < 40); ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    seen.apartMs = await readApartMs();
  }
  if (location.hash !== '#stay') pc.close();
  return seen as Seen;
}

let camera: RtspCamera;
test.beforeAll(async () => {
  const [long, sound] = await Promise.all([
    loadVideoClip(assetPath('long-gop-720p.h264')),
    loadAudioClip(assetPath('tone.ulaw')),
  ]);
  camera = await startRtspCamera({ paths: [{ path: '/yard', clip: long, audio: sound }], t0Ms: 0 });
});
test.afterAll(() => camera.close());

const startGateway = (...flags: string[]) =>
  MeasuredProcess.start('../webrtc/gateway.ts', ['0', ...flags, `yard=${camera.url('/yard')}`]);

const statistics = async (gateway: MeasuredProcess) =>
  (await (await fetch(`http://127.0.0.1:${gateway.port}/statistics`)).json()) as {
    viewers: number;
  };

async function warmUp(gateway: MeasuredProcess): Promise<void> {
  await fetch(`http://127.0.0.1:${gateway.port}/clock/yard`);
  // So far into the group that its replay is what a viewer sees first.
  await new Promise((resolve) => setTimeout(resolve, 3000));
}

const see = (page: Page, gateway: MeasuredProcess, forMs: number, inStepWithinMs = 0): Promise<Seen> =>
  page.evaluate(watch, { url: `http://127.0.0.1:${gateway.port}/whep/yard`, forMs, withVideo: true, inStepWithinMs });

for (const flags of [[], ['--portable']]) {
  test(`Chromium shows the first picture at once and then live ones, with sound in step ${flags.join()}`, async ({
    page,
  }) => {
    const gateway = await startGateway(...flags);
    await warmUp(gateway);
    await page.goto(`http://127.0.0.1:${gateway.port}/`);
    // Chromium moves the picture toward the sound by some 15 ms a second; on a busy machine its sound is late at first.
    const seen = await see(page, gateway, 18_000, 20_000);
    expect(seen.error).toBeUndefined();
    // The goals on an idle machine are 300 ms, 1 s and 40 ms; what is here must hold on a busy one.
    expect(seen.firstMs).toBeLessThan(2500);
    expect(seen.liveMs).toBeLessThan(4000);
    expect(median(seen.agesMs.slice(-75))).toBeLessThan(400);
    expect(seen.soundPackets).toBeGreaterThan(400);
    expect(seen.apartMs).toBeLessThan(40);
    await gateway.stop();
  });
}

test('a viewer is gone as soon as its page is, not when it would be missed', async ({ page }) => {
  const gateway = await startGateway();
  await warmUp(gateway);
  await page.goto(`http://127.0.0.1:${gateway.port}/#stay`);
  await see(page, gateway, 1000);
  expect((await statistics(gateway)).viewers).toBe(1);
  await page.goto('about:blank');
  const gone = { timeout: 3000, intervals: [50] };
  await expect.poll(async () => (await statistics(gateway)).viewers, gone).toBe(0);
  await gateway.stop();
});

test('Firefox is told why it cannot show H.264, and hears its sound when it asks for that alone', async () => {
  // Firefox leaves loopback out of ICE.
  const gateway = await startGateway('--all-addresses');
  await warmUp(gateway);
  const firefox: Engine = await startFirefox();
  try {
    const base = `http://127.0.0.1:${gateway.port}`;
    await firefox.goto(`${base}/`);
    const refused = await firefox.evaluate(watch, { url: `${base}/whep/yard`, forMs: 0, withVideo: true });
    expect(refused.error).toBe(
      'This camera sends H.264, which this browser does not receive over WebRTC. Watch over HLS or use another browser.',
    );
    const heard = await firefox.evaluate(watch, { url: `${base}/whep/yard`, forMs: 4000, withVideo: false });
    expect(heard.error).toBeUndefined();
    expect(heard.soundPackets).toBeGreaterThan(100);
  } finally {
    await firefox.close();
    await gateway.stop();
  }
});
