import type { Quality } from '../../../../shared/camera.ts';
import type { Loss } from '../decision/player-state.ts';
import type { Milestones } from '../statistics.ts';

export type LineRequest = {
  readonly camera: string;
  readonly quality: Quality;
  readonly visit: string;
  /** Called at most once each; nothing is called after `close`. */
  connected(): void;
  lost(loss: Loss): void;
  /** Each time a connection is tried for it. */
  track(track: MediaStreamTrack): void;
};

/** One tile's picture on the page's connection. */
export class PageLine {
  readonly request: LineRequest;
  readonly milestones: { -readonly [Key in keyof Milestones]: Milestones[Key] } = { asked: performance.now() };
  transceiver: RTCRtpTransceiver | undefined;
  /** Lets go of the viewer that the gateway made for it; absent until the gateway answered. */
  release: (() => void) | undefined;
  readonly #close: (line: PageLine) => void;
  #isConnected = false;
  #isOver = false;

  constructor(request: LineRequest, close: (line: PageLine) => void) {
    this.request = request;
    this.#close = close;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes its place in the next offer. */
  use(transceiver: RTCRtpTransceiver): void {
    this.transceiver = transceiver;
    const { track } = transceiver.receiver;
    track.addEventListener('unmute', () => (this.milestones.firstBytes ??= performance.now()), { once: true });
    this.request.track(track);
  }

  connect(): void {
    if (this.#isConnected || this.#isOver) return;
    this.#isConnected = true;
    this.request.connected();
  }

  lose(loss: Loss): void {
    if (this.#isOver) return;
    this.close();
    this.request.lost(loss);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#close(this);
  }
}
