import type { Quality } from '../../../shared/camera.ts';
import { cameraUrl, type GatewayAddress } from '../gateway/gateway-address.ts';
import { createPlayer } from '../player/create-player.ts';
import { type Status, statusOf } from '../player/decision/status-text.ts';
import { stillAgeText, takenAtMs } from '../player/decision/still-age.ts';
import type { Player } from '../player/player.ts';
import { createWhepSignalling } from '../player/signalling/whep-signalling.ts';
import { PageConnections } from '../player/webrtc/page-connections.ts';
import { playerTexts } from '../texts/en/player.ts';
import { ElementControls } from './element-controls.ts';
import { createButton, createElement } from './element-dom.ts';
import css from './oriel-player.css?inline';
import { StatisticsPanel } from './statistics-panel.ts';

const REFRESH_MS = 1000;
/**
 * A still costs the gateway a decoder. Most viewers see the live picture sooner than this, so that none is asked for.
 */
const STILL_AFTER_MS = 700;
const QUALITIES: readonly string[] = ['main', 'sub', 'auto'];

/** The origin of the gateway: that of this script, or empty on the gateway's own pages. */
const HOME = new URL(import.meta.url).origin === location.origin ? '' : new URL(import.meta.url).origin;

let sheet: CSSStyleSheet | undefined;

/**
 * `<oriel-player camera="front-door">`: one camera, live. Attributes: `gateway` (its origin; that of this script when absent),
 * `token`, `quality` (auto, main, sub), `controls` (full, minimal, none), `autoplay` ("off" waits for a click), `sound`
 * ("on" tries to start with sound), `poster` (an address, or "none"). It fires `oriel-status` with a `Status`.
 */
export class OrielPlayer extends HTMLElement {
  static readonly observedAttributes = ['camera', 'gateway', 'token', 'quality'];
  readonly #box = createElement('div', 'box');
  readonly #message = createElement('p', 'message');
  readonly #retry = createElement('button', 'retry', playerTexts.controls.retry);
  readonly #mark = createElement('span', 'mark');
  readonly #name = createElement('span', 'name');
  readonly #stillAge = createElement('span', 'still-age');
  #player: Player | undefined;
  #controls: ElementControls | undefined;
  #panel: StatisticsPanel | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #stillTimer: ReturnType<typeof setTimeout> | undefined;
  #status: Status | undefined;
  #stillTakenMs: number | undefined;
  #stillUrl = '';
  #announced = '';

  constructor() {
    super();
    sheet ??= createSheet();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    root.append(this.#box);
    this.#name.dir = 'auto';
    this.#retry.type = 'button';
    this.#retry.addEventListener('click', () => this.#player?.retry());
    this.#message.setAttribute('role', 'status');
  }

  /** Undefined while the element is not on a page or names no camera. */
  get player(): Player | undefined {
    return this.#player;
  }

  get status(): Status | undefined {
    return this.#status;
  }

  connectedCallback(): void {
    this.#open();
  }

  disconnectedCallback(): void {
    this.#close();
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === 'quality') {
      this.#player?.setQuality(this.#quality());
      return;
    }
    this.#close();
    this.#open();
  }

  #open(): void {
    const camera = this.getAttribute('camera');
    if (!camera || this.#player) return;
    const token = this.getAttribute('token') ?? undefined;
    const gateway = this.getAttribute('gateway')?.replace(/\/$/, '') ?? HOME;
    const video = createElement('video', '');
    video.setAttribute('aria-label', playerTexts.label(camera));
    this.#box.replaceChildren(createElement('div', 'picture', video));
    const signalling = createWhepSignalling(gateway, token);
    this.#player = createPlayer({
      video,
      camera,
      gateway,
      quality: this.#quality(),
      signalling,
      page: new PageConnections(signalling),
      muted: this.getAttribute('sound') !== 'on',
      ...(token !== undefined && { token }),
    });
    this.#addFurniture(this.#player, camera);
    this.#player.subscribe(() => this.#refresh());
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS);
    const waits = this.getAttribute('autoplay') === 'off';
    this.#showBefore(video, { gateway, camera, token }, waits ? 0 : STILL_AFTER_MS);
    if (waits) this.#waitForClick(this.#player);
    else this.#player.start();
  }

  #waitForClick(player: Player): void {
    const play = createButton('play', playerTexts.controls.play, () => {
      play.remove();
      player.start();
    });
    play.classList.add('play');
    this.#box.append(play);
  }

  #addFurniture(player: Player, camera: string): void {
    const controls = this.getAttribute('controls') ?? 'full';
    this.#box.append(createElement('div', 'status', this.#message, this.#retry));
    if (controls !== 'none') this.#box.append(this.#name, this.#mark);
    this.#box.append(this.#stillAge);
    if (controls !== 'full') return;
    this.#panel = new StatisticsPanel(player);
    this.#controls = new ElementControls(player, camera, this.#box, () => this.#panel?.toggle());
    this.#box.append(this.#panel.root, this.#controls.root);
  }

  /** Shows something until the first picture comes: the page's own poster, or after a moment the newest still. */
  #showBefore(video: HTMLVideoElement, address: GatewayAddress, afterMs: number): void {
    const poster = this.getAttribute('poster');
    if (poster === 'none') return;
    if (poster !== null) {
      // The page's own picture is none of the camera's and has no age.
      video.poster = poster;
      return;
    }
    const show = (): void => {
      if (this.#status?.phase !== 'live') this.#showStill(video, address).catch(() => undefined);
    };
    if (afterMs === 0) show();
    else this.#stillTimer = setTimeout(show, afterMs);
  }

  async #showStill(video: HTMLVideoElement, address: GatewayAddress): Promise<void> {
    const still = stillOf(address);
    if (still === undefined) return;
    const response = await fetch(still, { cache: 'no-store' });
    if (!response.ok) return;
    this.#stillUrl = URL.createObjectURL(await response.blob());
    video.poster = this.#stillUrl;
    this.#stillTakenMs = takenAtMs(response);
    this.#refresh();
  }

  #quality(): Quality | 'auto' {
    const quality = this.getAttribute('quality') ?? 'auto';
    return QUALITIES.includes(quality) ? (quality as Quality | 'auto') : 'auto';
  }

  #refresh(): void {
    const player = this.#player;
    if (!player) return;
    const clocks = { wallMs: Date.now(), pageMs: performance.now() };
    const status = statusOf(player.state, player.view, clocks);
    this.#status = status;
    this.#box.dataset.phase = status.phase;
    this.#message.textContent = status.message ?? '';
    this.#retry.hidden = !status.canRetry;
    this.#name.textContent = player.view?.name ?? '';
    this.#mark.textContent = status.phase === 'live' ? playerTexts.live : '';
    const takenMs = player.state.shown ? undefined : this.#stillTakenMs;
    this.#stillAge.textContent = takenMs === undefined ? '' : stillAgeText(takenMs, clocks.wallMs);
    this.#controls?.update();
    this.#announce(status);
  }

  /** Tells the surrounding page of every change, once. */
  #announce(status: Status): void {
    const { shown } = this.#player?.state ?? {};
    const key = JSON.stringify([status.phase, shown?.transport, shown?.quality, this.#player?.muted]);
    if (key === this.#announced) return;
    this.#announced = key;
    this.dispatchEvent(new CustomEvent('oriel-status', { detail: status, bubbles: true, composed: true }));
  }

  #close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#stillTimer);
    this.#stillTakenMs = undefined;
    URL.revokeObjectURL(this.#stillUrl);
    this.#panel?.close();
    this.#player?.destroy();
    this.#player = undefined;
    this.#box.replaceChildren();
  }
}

/** The address of the newest still. Pages of other sites get none, because they may load pictures by script only. */
function stillOf(address: GatewayAddress): string | undefined {
  const { gateway, token } = address;
  return gateway === '' ? cameraUrl(address, '/snapshot.jpg', token === undefined ? {} : { token }) : undefined;
}

function createSheet(): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

if (!customElements.get('oriel-player')) customElements.define('oriel-player', OrielPlayer);
