import type { ErrorCode } from '../../../shared/error-code.ts';
import type { ShareInfo } from '../../../shared/share-link.ts';
import { GatewayError } from '../gateway/gateway-error.ts';
import { ask } from '../gateway/request.ts';
import { commonTexts } from '../texts/en/common.ts';
import { embedTexts } from '../texts/en/embed.ts';
import { createElement } from './element-dom.ts';
import { OrielPlayer } from './oriel-player.ts';
import { formatRemaining } from './remaining-time.ts';

const ANSWER_WITHIN_MS = 10_000;
const ASK_AGAIN_MS = 5000;
/** The hours of a link begin by the gateway's clock. The page asks a little later, to find the link open. */
const OPENING_SLACK_MS = 500;
const MAX_TIMER_MS = 0x7fff_ffff;
const GATEWAY_AWAY: ReadonlySet<GatewayError['code']> = new Set(['unreachable', 'internal']);
const LINK_OVER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['share-revoked', 'share-expired', 'not-signed-in']);

/** The page of a share link: what it is, how long it lasts, and its one camera. */
export class SharePage {
  readonly #token: string;
  readonly #root: HTMLElement;
  readonly #remaining = createElement('span', 'share-remaining numbers');

  constructor(token: string, root: HTMLElement) {
    this.#token = token;
    this.#root = root;
  }

  async open(): Promise<void> {
    try {
      const info = await ask<ShareInfo>('GET', '/api/share', { token: this.#token, timeoutMs: ANSWER_WITHIN_MS });
      document.title = info.cameraName;
      if (info.state === 'open') this.#show(info);
      else this.#wait(info);
    } catch (error) {
      const isRefused = error instanceof GatewayError && !GATEWAY_AWAY.has(error.code);
      this.#say(isRefused ? error.message : embedTexts.unreachable);
      if (!isRefused) this.#openAgainIn(ASK_AGAIN_MS);
    }
  }

  #show(info: ShareInfo): void {
    const name = createElement('h1', 'share-camera', info.cameraName);
    name.dir = 'auto';
    const label = createElement('span', 'share-label', embedTexts.guest(info.label));
    label.dir = 'auto';
    const player = new OrielPlayer();
    for (const [attribute, value] of Object.entries({
      camera: info.camera,
      token: this.#token,
      quality: info.quality,
    })) {
      player.setAttribute(attribute, value);
    }
    player.addEventListener('oriel-status', () => this.#watchRight(player));
    this.#root.className = 'share-page';
    this.#root.replaceChildren(createElement('header', 'share-bar', name, label, this.#remaining), player);
    this.#countDown(info.openUntil);
  }

  /** When the link was taken back or has ended, no picture may stay: the page asks the gateway what it may still show. */
  #watchRight(player: OrielPlayer): void {
    const code = player.player?.state.refusal?.code;
    if (code && LINK_OVER.has(code)) void this.open();
  }

  /** When the time is over, the page asks again, because only today's hours may have ended and not the link. */
  #countDown(openUntil: number | undefined): void {
    if (openUntil === undefined) {
      this.#remaining.textContent = embedTexts.noTimeLimit;
      return;
    }
    const tick = () => {
      const leftMs = openUntil - Date.now();
      this.#remaining.textContent = embedTexts.endsIn(formatRemaining(leftMs));
      if (leftMs > 0) return;
      clearInterval(timer);
      this.#openAgainIn(OPENING_SLACK_MS);
    };
    const timer = setInterval(tick, 1000);
    tick();
  }

  #wait({ opensAt }: ShareInfo): void {
    if (opensAt === undefined) {
      this.#say(embedTexts.closed);
      return;
    }
    const time = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
    this.#say(embedTexts.opensAt(time.format(opensAt)));
    this.#openAgainIn(opensAt - Date.now() + OPENING_SLACK_MS);
  }

  #openAgainIn(ms: number): void {
    setTimeout(() => void this.open(), Math.min(Math.max(ms, OPENING_SLACK_MS), MAX_TIMER_MS));
  }

  #say(sentence: string): void {
    const message = createElement('p', 'page-message', sentence);
    message.setAttribute('role', 'status');
    this.#root.className = 'message-page';
    this.#root.replaceChildren(createElement('h1', 'page-brand', commonTexts.product), message);
  }
}
