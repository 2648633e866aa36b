import type { Quality } from '../../../../shared/camera.ts';
import type { Loss } from '../decision/player-state.ts';
import type { Milestones } from '../statistics.ts';

export type LineRequest = {
  readonly camera: string;
  readonly quality: Quality;
  readonly visit: string;
  readonly sound: boolean;
  /** Called at most once each; nothing is called after `close`. */
  connected(): void;
  lost(loss: Loss): void;
  /** Each time a connection is tried for it. */
  tracks(tracks: readonly MediaStreamTrack[]): void;
};

/** One camera's picture on a connection of the page, with its sound where that is wanted. */
export class PageLine {
  readonly request: LineRequest;
  readonly milestones: { -readonly [Key in keyof Milestones]: Milestones[Key] } = { asked: performance.now() };
  /** The transceivers of its picture and of its sound. There are none until it has a place in an offer. */
  transceivers: readonly RTCRtpTransceiver[] = [];
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

  /** The names of its m-lines in an offer. */
  get mid(): string {
    return this.transceivers[0]?.mid ?? '';
  }

  /** Takes its place in the next offer: the picture first. */
  use(transceivers: readonly RTCRtpTransceiver[]): void {
    this.transceivers = transceivers;
    const tracks = transceivers.map(({ receiver }) => receiver.track);
    tracks[0]?.addEventListener('unmute', () => (this.milestones.firstBytes ??= performance.now()), { once: true });
    this.request.tracks(tracks);
  }

  connect(): void {
    if (this.#isConnected || this.#isOver) return;
    this.#isConnected = true;
    this.request.connected();
  }

  /** The statistics that the browser has about its picture and its sound. Undefined while it has none. */
  async reports(): Promise<RTCStatsReport | undefined> {
    if (this.transceivers.length === 0) return undefined;
    const all = await Promise.all(this.transceivers.map(({ receiver }) => receiver.getStats())).catch(() => undefined);
    return all && (new Map(all.flatMap((reports) => [...(reports as Map<string, unknown>)])) as RTCStatsReport);
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
