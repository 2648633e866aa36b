import type { BrowserContext, Page } from '@playwright/test';

/** `shared` is how the dashboard works. `own` is how it works in browsers that do not say which codecs they can receive. */
export type Way = 'shared' | 'own';

type Watched = { firstPictures: Map<string, number>; peers: RTCPeerConnection[] };

/** Opens the dashboard and records when each tile shows its first picture. */
export async function openGrid(context: BrowserContext, url: string, way: Way): Promise<Page> {
  const page = await context.newPage();
  // The loader of this file inserts calls of a helper that names functions, and pages do not have that helper.
  await page.addInitScript('globalThis.__name = (named) => named');
  if (way === 'own') await page.addInitScript(() => Reflect.deleteProperty(RTCRtpReceiver, 'getCapabilities'));
  await page.addInitScript(() => {
    const watched: Watched = { firstPictures: new Map(), peers: [] };
    const Native = RTCPeerConnection;
    const counting = new Proxy(Native, {
      construct: (target, values) => {
        const peer = Reflect.construct(target, values) as RTCPeerConnection;
        watched.peers.push(peer);
        return peer;
      },
    });
    Object.assign(window, { watched, RTCPeerConnection: counting });
    const seen = new WeakSet<HTMLVideoElement>();
    const look = () => {
      for (const video of document.querySelectorAll('video')) {
        if (seen.has(video)) continue;
        seen.add(video);
        video.requestVideoFrameCallback(() => {
          const camera = video.closest<HTMLElement>('[data-camera]')?.dataset.camera ?? '';
          if (!watched.firstPictures.has(camera)) watched.firstPictures.set(camera, performance.now());
        });
      }
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  });
  await page.goto(url, { waitUntil: 'commit' });
  return page;
}

/** Waits until all tiles have a picture or the time is up. Returns sorted times in milliseconds since the page was opened. */
export async function firstPictures(page: Page, tiles: number, withinMs: number): Promise<number[]> {
  const read = () =>
    page.evaluate(() => [...(window as unknown as { watched: Watched }).watched.firstPictures.values()]);
  for (const endsAt = Date.now() + withinMs; Date.now() < endsAt; ) {
    if ((await read()).length >= tiles) break;
    await page.waitForTimeout(50);
  }
  const found = (await read()).toSorted((a, b) => a - b);
  if (found.length < tiles) throw new Error(`${found.length} of ${tiles} tiles showed a picture.`);
  return found;
}

export type GridFacts = {
  readonly connections: number;
  readonly pairs: number;
  readonly lost: number;
  readonly frames: number;
};

export function gridFacts(page: Page): Promise<GridFacts> {
  return page.evaluate(async () => {
    const { watched } = window as unknown as { watched: Watched };
    const peers = watched.peers.filter(({ connectionState }) => connectionState === 'connected');
    const facts = { connections: peers.length, pairs: 0, lost: 0, frames: 0 };
    for (const peer of peers) {
      for (const report of (await peer.getStats()).values() as Iterable<{ type: string; packetsLost?: number }>) {
        if (report.type === 'candidate-pair') facts.pairs++;
        if (report.type === 'inbound-rtp') facts.lost += report.packetsLost ?? 0;
      }
    }
    for (const video of document.querySelectorAll('video'))
      facts.frames += video.getVideoPlaybackQuality().totalVideoFrames;
    return facts;
  });
}
