import type { Page } from '@playwright/test';
import { followSignInLink } from './dashboard.ts';
import type { Gateway } from './gateway.ts';
import type { Engine } from './webdriver.ts';

export type Cookie = { readonly name: string; readonly value: string; readonly url: string };

/** A page in any browser that runs functions for us. */
export type PageLike = Pick<Engine, 'evaluate'>;

export function pageLike(page: Page): PageLike {
  return { evaluate: (run, argument) => page.evaluate(run as never, argument) as never };
}

/** Ways that a network or a browser can take away from the player. */
export async function block(page: Page, ways: readonly ('webrtc' | 'mp4')[]): Promise<void> {
  if (ways.includes('webrtc')) await page.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
  if (!ways.includes('mp4')) return;
  await page.route('**/live.mp4*', (route) => route.abort());
  await page.routeWebSocket('**/live.mp4*', (socket) => socket.close());
}

export type PlayerFacts = {
  readonly phase: string;
  readonly message: string | undefined;
  readonly transport: string | undefined;
  readonly quality: string | undefined;
  readonly switches: number;
  readonly culprit: string | undefined;
};

/** What `<oriel-player>` on the page says of itself; undefined while there is none. */
export function playerFacts(page: PageLike): Promise<PlayerFacts | undefined> {
  return page.evaluate(() => {
    type State = { shown?: { transport: string; quality: string }; switches: number; frozen?: { culprit: string } };
    type Element = { player?: { state: State }; status?: { phase: string; message?: string } };
    const element = document.querySelector('oriel-player') as unknown as Element | null;
    const state = element?.player?.state;
    if (!state || !element?.status) return undefined;
    return {
      phase: element.status.phase,
      message: element.status.message,
      transport: state.shown?.transport,
      quality: state.shown?.quality,
      switches: state.switches,
      culprit: state.frozen?.culprit,
    };
  });
}

/** Waits until the facts are as wanted, and gives them. */
export async function untilPlayer(
  page: PageLike,
  isWanted: (facts: PlayerFacts) => boolean,
  withinMs = 20_000,
): Promise<PlayerFacts> {
  let facts: PlayerFacts | undefined;
  for (const endsAt = Date.now() + withinMs; Date.now() < endsAt; ) {
    facts = await playerFacts(page);
    if (facts && isWanted(facts)) return facts;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The player did not come to what was awaited: ${JSON.stringify(facts)}`);
}

export const isLive = (transport?: string) => (facts: PlayerFacts) =>
  facts.phase === 'live' && (transport === undefined || facts.transport === transport);

/** Uses the link of the first start up; every browser that gets the cookie is signed in. */
export async function signInOnce(gateway: Gateway): Promise<Cookie> {
  const { headers } = await fetch(`${gateway.url}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ link: gateway.signInLink.split('/').at(-1) }),
  });
  const session = headers.getSetCookie().find((line) => line.includes('session='));
  const [name, value] = session?.split(';')[0]?.split('=') ?? [];
  if (!name || !value) throw new Error('The link of the first start did not sign in.');
  return { name, value, url: gateway.url };
}

/** For a browser that is the only one: follows the link as a person would. */
export async function signIn(page: Page, gateway: Gateway): Promise<void> {
  await followSignInLink(page, gateway.signInLink);
  await page.waitForURL(`${gateway.url}/`);
}

/** Loudness of two seconds of what the player plays, from 0 to 1. Recorded, since a machine may have no loudspeaker. */
export function soundLevel(page: PageLike): Promise<number> {
  return page.evaluate(async () => {
    type Capturing = HTMLVideoElement & { captureStream?(): MediaStream; mozCaptureStream?(): MediaStream };
    type Element = { player: { video: Capturing; setMuted(muted: boolean): void } };
    const { player } = document.querySelector('oriel-player') as unknown as Element;
    player.setMuted(false);
    const stream = player.video.mozCaptureStream?.() ?? player.video.captureStream?.();
    if (!stream) throw new Error('This browser cannot record what it plays.');
    const recorder = new MediaRecorder(new MediaStream(stream.getAudioTracks()));
    const recorded = new Promise<Blob>((resolve) => {
      recorder.ondataavailable = ({ data }) => resolve(data);
    });
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    recorder.stop();
    const bytes = await (await recorded).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes);
    return sound.getChannelData(0).reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
  });
}
