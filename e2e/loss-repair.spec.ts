import { expect, test } from '@playwright/test';
import { MeasuredProcess } from '../bench/rtsp/measured-process.ts';
import { assetPath } from '../server/platform/paths.ts';
import { loadVideoClip } from '../server/simulators/clip.ts';
import { startRtspCamera } from '../server/simulators/rtsp-camera.ts';
import { shortOrLong } from '../server/testing/long-run.ts';

const WATCHED_MS = shortOrLong(15_000, 60_000);
const FPS = 25;
/** Half a second. */
const MOST_MISSED = FPS / 2;

type Player = {
  /** When each picture was shown. */
  readonly shownMs: readonly number[];
  readonly nacks: number;
  readonly repaired: number;
  readonly decoded: number;
  readonly keyframesAsked: number;
};

/** Plays both addresses side by side; runs in the page. */
async function watchPair({ urls, forMs }: { urls: readonly string[]; forMs: number }): Promise<Player[]> {
  const open = async (url: string) => {
    const shownMs: number[] = [];
    const video = document.body.appendChild(document.createElement('video'));
    Object.assign(video, { muted: true, autoplay: true });
    const pc = new RTCPeerConnection();
    pc.addTransceiver('video', { direction: 'recvonly' });
    pc.ontrack = ({ track }) => {
      video.srcObject = new MediaStream([track]);
    };
    const look = (): void => {
      shownMs.push(performance.now());
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    await pc.setLocalDescription(await pc.createOffer());
    const response = await fetch(url, { method: 'POST', body: pc.localDescription?.sdp ?? '' });
    await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    return { pc, shownMs };
  };
  const players = await Promise.all(urls.map(open));
  await new Promise((resolve) => setTimeout(resolve, forMs));
  return Promise.all(
    players.map(async ({ pc, shownMs }) => {
      const reports = [...(await pc.getStats()).values()];
      const seen = reports.find(({ type }) => type === 'inbound-rtp');
      pc.close();
      const { nackCount: nacks, retransmittedPacketsReceived: repaired = 0, framesDecoded: decoded } = seen;
      return { shownMs, nacks, repaired, decoded, keyframesAsked: seen.pliCount };
    }),
  );
}

/**
 * The longest the first player stood still, in pictures that the second one showed meanwhile: what a machine that is too busy
 * to show pictures does, it does to both.
 */
function mostMissed(lossy: readonly number[], whole: readonly number[]): number {
  let most = 0;
  for (const [index, shownMs] of lossy.entries()) {
    const nextMs = lossy[index + 1] ?? Number.POSITIVE_INFINITY;
    most = Math.max(most, whole.filter((otherMs) => otherMs > shownMs && otherMs < nextMs).length);
  }
  return most;
}

test('five per cent of loss freezes no picture for half a second', async ({ page }) => {
  test.setTimeout(WATCHED_MS + 60_000);
  const clip = await loadVideoClip(assetPath('main-720p.h264'));
  const camera = await startRtspCamera({ paths: [{ path: '/yard', clip }], t0Ms: 0 });
  const start = (...flags: string[]) =>
    MeasuredProcess.start('../webrtc/gateway.ts', ['0', ...flags, `yard=${camera.url('/yard')}`]);
  const gateways = await Promise.all([start('--lose=0.05'), start()]);
  try {
    const bases = gateways.map(({ port }) => `http://127.0.0.1:${port}`);
    await Promise.all(bases.map((base) => fetch(`${base}/clock/yard`)));
    await page.goto(`${bases[0]}/`);
    const urls = bases.map((base) => `${base}/whep/yard`);
    const [lossy, whole] = (await page.evaluate(watchPair, { urls, forMs: WATCHED_MS })) as [Player, Player];
    // Otherwise nothing would have been proved: a twentieth of some 400 packets a second.
    const leastRepaired = (WATCHED_MS / 1000) * 6;
    expect(lossy.nacks).toBeGreaterThan(leastRepaired);
    expect(lossy.repaired).toBeGreaterThan(leastRepaired);
    expect(whole.repaired).toBe(0);
    expect(mostMissed(lossy.shownMs, whole.shownMs)).toBeLessThan(MOST_MISSED);
    // And nothing was left out to get there.
    expect(lossy.decoded).toBeGreaterThan(whole.decoded * 0.98);
    expect(lossy.keyframesAsked).toBe(0);
  } finally {
    for (const gateway of gateways) await gateway.stop();
    await camera.close();
  }
});
