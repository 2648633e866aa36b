// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ShareInfo } from '../../../shared/share-link.ts';
import { eventually, find, pageText } from '../testing/page.ts';
import { cameraView, openGateway, type Routes, refuse } from '../testing/small-gateway.ts';
import { NO_STATISTICS, StillPlayer } from '../testing/still-player.ts';
import { ElementControls } from './element-controls.ts';
import { serveEmbedMessages } from './embed-messages.ts';
import { OrielPlayer } from './oriel-player.ts';
import { SharePage } from './share-page.ts';
import { StatisticsPanel } from './statistics-panel.ts';

const YARD = 'GET /api/cameras/yard';

afterEach(() => {
  document.body.replaceChildren();
});

/** A browser without WebRTC and MediaSource, as this one: the player says so instead of playing. */
async function open(attributes: Record<string, string> = {}, routes: Routes = {}) {
  const gateway = await openGateway({ [YARD]: cameraView('yard', { main: { phase: 'live', sinceMs: 1 } }), ...routes });
  const element = new OrielPlayer();
  for (const [name, value] of Object.entries({ camera: 'yard', gateway: '', ...attributes }))
    element.setAttribute(name, value);
  document.body.append(element);
  const root = element.shadowRoot as ShadowRoot;
  const query = (selector: string) => root.querySelector<HTMLElement>(selector);
  return { gateway, element, query };
}

describe('<oriel-player>', () => {
  test('asks the gateway for its camera with its token, and shows its name', async () => {
    const { gateway, query } = await open({ token: 'secret' });
    await eventually(() => expect(query('.name')?.textContent).toBe('Yard'));
    expect(gateway.asked[0]).toMatchObject({ method: 'GET', path: '/api/cameras/yard' });
    expect(query('video')?.getAttribute('aria-label')).toBe('Live picture of yard');
  });

  test('says in a sentence why there is no picture', async () => {
    const { query } = await open();
    await eventually(() => expect(query('.message')?.textContent).toContain('This browser can play neither'));
    expect(query('.message')?.getAttribute('role')).toBe('status');
  });

  test.each([
    ['full', true, true],
    ['minimal', false, true],
    ['none', false, false],
  ])('with controls "%s"', async (controls, hasToolbar, hasName) => {
    const { query } = await open({ controls });
    expect([query('[role="toolbar"]') !== null, query('.name') !== null]).toEqual([hasToolbar, hasName]);
  });

  test('with autoplay "off" it waits for a press', async () => {
    const { gateway, element, query } = await open({ autoplay: 'off' });
    expect(element.player?.state.running).toBe(false);
    expect(gateway.asked).toEqual([]);
    query('button.play')?.click();
    expect(element.player?.state.running).toBe(true);
    expect(query('button.play')).toBeNull();
  });

  test('begins muted, unless it is told to try with sound', async () => {
    expect((await open()).element.player?.muted).toBe(true);
    expect((await open({ sound: 'on' })).element.player?.muted).toBe(false);
  });

  test.each([
    [{ poster: '/mine.jpg' }, '/mine.jpg'],
    [{ poster: 'none' }, ''],
  ])('until it is played, %j shows "%s"', async (attributes, poster) => {
    const { query } = await open({ autoplay: 'off', ...attributes });
    expect((query('video') as HTMLVideoElement).poster ?? '').toBe(poster);
  });

  test('until it is played it shows the newest still, and how old that is', async () => {
    const headers = { 'last-modified': new Date(Date.now() - 240_000).toUTCString() };
    const still = { 'GET /api/cameras/yard/snapshot.jpg?token=secret': { status: 200, body: 'a picture', headers } };
    const { query } = await open({ autoplay: 'off', token: 'secret' }, still);
    await eventually(() => expect(query('.still-age')?.textContent).toBe('Picture 4 min old'));
    expect((query('video') as HTMLVideoElement).poster).toMatch(/^blob:/);
    expect(query('.mark')?.textContent, 'an old picture is never called live').toBe('');
  });

  test('another camera or token opens a new player, another quality does not', async () => {
    const { element } = await open();
    const first = element.player;
    element.setAttribute('quality', 'sub');
    expect([element.player, first?.state.quality]).toEqual([first, 'sub']);
    element.setAttribute('camera', 'gate');
    expect(element.player).not.toBe(first);
    element.removeAttribute('camera');
    expect(element.player).toBeUndefined();
  });

  test('off the page it plays nothing', async () => {
    const { element } = await open();
    element.remove();
    expect(element.player).toBeUndefined();
  });

  test('tells the page around of each state once', async () => {
    const phases: string[] = [];
    const listen = (event: Event) => phases.push((event as CustomEvent<{ phase: string }>).detail.phase);
    document.addEventListener('oriel-status', listen);
    const { element } = await open();
    await eventually(() => expect(phases.at(-1)).toBe('unsupported'));
    const count = phases.length;
    element.player?.setMuted(true);
    element.player?.setMuted(false);
    document.removeEventListener('oriel-status', listen);
    expect(phases).toHaveLength(count + 1);
  });
});

describe('the page around an embedded player', () => {
  /** Sends a request as the page around does, and collects what comes back. */
  async function ask(data: object, from: unknown = 'around'): Promise<Record<string, unknown>[]> {
    const replies: Record<string, unknown>[] = [];
    const around = { postMessage: (reply: Record<string, unknown>) => replies.push(reply) };
    vi.stubGlobal('parent', around);
    const { element } = await open({ autoplay: 'off' });
    serveEmbedMessages(element);
    const source = (from === 'around' ? around : from) as MessageEventSource;
    dispatchEvent(new MessageEvent('message', { source, origin: 'https://shop.example', data }));
    await eventually(() => undefined);
    return replies.filter(({ type }) => type === 'oriel:reply');
  }

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test('is answered with the id that it gave', async () => {
    await eventually(async () => {
      expect((await ask({ type: 'oriel:state', id: 7 }))[0]).toMatchObject({
        type: 'oriel:reply',
        id: 7,
        value: { camera: 'yard', muted: true },
      });
    });
  });

  test('hears what went wrong in a sentence', async () => {
    expect((await ask({ type: 'oriel:dance', id: 'a' }))[0]).toEqual({
      type: 'oriel:reply',
      id: 'a',
      error: 'The player does not know this request.',
    });
  });

  test.each([[{ type: 'other:state' }], [{}], [{ type: 7 }]])('%j is not meant for the player', async (data) => {
    expect(await ask(data)).toEqual([]);
  });

  test('a stranger is not answered', async () => {
    expect(await ask({ type: 'oriel:state', id: 1 }, window)).toEqual([]);
  });
});

describe('the controls over the picture', () => {
  const names = (root: HTMLElement) => [...root.children].map((item) => item.getAttribute('aria-label'));

  test('do what they say', () => {
    const player = new StillPlayer();
    let statistics = 0;
    const { root } = new ElementControls(player, 'yard', document.body, () => statistics++);
    const [sound, panel] = [...root.children] as HTMLElement[];
    sound?.click();
    panel?.click();
    expect([player.asked, statistics]).toEqual([['unmute'], 1]);
    expect(names(root).slice(0, 3)).toEqual(['Unmute', 'Statistics', 'Save a snapshot']);
  });

  test('a camera without sound has no button for it', () => {
    const player = new StillPlayer();
    const controls = new ElementControls(player, 'yard', document.body, () => undefined);
    player.hasAudio = false;
    controls.update();
    const sound = controls.root.querySelector('button');
    expect([sound?.disabled, sound?.getAttribute('aria-label')]).toEqual([true, 'This camera sends no sound']);
    player.hasAudio = true;
    player.muted = false;
    controls.update();
    expect([sound?.disabled, sound?.getAttribute('aria-label')]).toEqual([false, 'Mute']);
  });

  test('the statistics are measured only while they are shown', async () => {
    const player = new StillPlayer();
    player.measured = { ...NO_STATISTICS, transport: 'mp4', codec: 'avc1.4d0028', width: 640, height: 360, fps: 15 };
    player.measured = { ...player.measured, waterfall: [{ step: 'decode', fromMs: 20, toMs: 250 }] };
    const measure = vi.spyOn(player, 'statistics');
    const panel = new StatisticsPanel(player);
    expect(measure).not.toHaveBeenCalled();
    panel.toggle();
    await eventually(() => expect(panel.root.textContent).toContain('live.mp4 · H.264'));
    expect(panel.root.textContent).toContain('640 × 360 · 15.0 fps');
    expect(panel.root.textContent).toContain('Decode230 ms');
    panel.toggle();
    expect(panel.root.hidden).toBe(true);
    panel.close();
  });
});

describe('the page of a share link', () => {
  const SHARE = 'GET /api/share';
  const info: ShareInfo = {
    label: 'For the neighbours',
    camera: 'yard',
    cameraName: 'Yard',
    state: 'open',
    audio: true,
    quality: 'sub',
  };

  async function openShare(answer: unknown) {
    const gateway = await openGateway({ [SHARE]: answer, [YARD]: cameraView('yard') });
    const root = document.body.appendChild(document.createElement('main'));
    await new SharePage('a-token', root).open();
    return { gateway, root };
  }

  test('says what it is and shows its one camera with the right of the link', async () => {
    const { root } = await openShare(info);
    expect(pageText()).toContain('YardShared with you: For the neighboursNo time limit');
    const player = root.querySelector('oriel-player');
    const attributes = ['camera', 'token', 'quality'].map((name) => player?.getAttribute(name));
    expect(attributes).toEqual(['yard', 'a-token', 'sub']);
    expect(document.title).toBe('Yard');
  });

  test('counts down to the end', async () => {
    await openShare({ ...info, openUntil: Date.now() + 3 * 3_600_000 });
    expect(pageText()).toContain('Ends in 3 hours');
  });

  test('outside its hours it says when they begin', async () => {
    await openShare({ ...info, state: 'closed', opensAt: Date.now() + 3_600_000 });
    expect(pageText()).toMatch(/shown during certain hours only\. The next time begins .*\d/);
    expect(document.querySelector('oriel-player')).toBeNull();
  });

  test('a link that is over is told in the words of the gateway', async () => {
    await openShare(refuse('share-revoked', 'This link was taken back.', 410));
    expect(find('.page-message', 'This link was taken back.')).toBeTruthy();
    expect(find('h1', 'Oriel')).toBeTruthy();
    expect(document.querySelector('[role="status"]')).not.toBeNull();
  });

  test('a gateway that is away is asked again, and then the camera is shown', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let answer: unknown = { status: 502 };
    const { gateway } = await openShare(() => answer);
    expect(find('.page-message', 'The gateway does not answer. This page tries again by itself.')).toBeTruthy();
    answer = info;
    vi.advanceTimersByTime(5000);
    vi.useRealTimers();
    await eventually(() => expect(pageText()).toContain('For the neighbours'));
    expect(gateway.bodies(SHARE)).toHaveLength(2);
  });
});
