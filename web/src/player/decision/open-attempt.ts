import { FrameWatch } from '../frame-watch.ts';
import type { TransportStatistics } from '../statistics.ts';
import type { OpenTransport, Transport, TransportRequest } from '../transport.ts';
import { openWebrtc } from '../webrtc/webrtc-transport.ts';
import { openLazily } from './open-lazily.ts';
import type { Attempt, TransportName } from './player-state.ts';

/** Most viewers never leave WebRTC, so that the scripts of the other transports come when they are first needed. */
const openMp4 = openLazily(() => import('../mse/mp4-transport.ts').then((module) => module.openMp4));
const openHls = openLazily(() => import('../mse/hls-transport.ts').then((module) => module.openHls));

/** Bytes within this time mean that the way to here works. */
const BYTES_FRESH_MS = 700;
/** A look that long ago belongs to an earlier stand. */
const FORGOTTEN_AFTER_MS = 1500;

type Arrival = {
  readonly count: number;
  readonly sinceMs: number;
  readonly seenAtMs: number;
  readonly grewAtMs: number | undefined;
};

const FACTORIES: Record<TransportName, OpenTransport> = { webrtc: openWebrtc, mp4: openMp4, hls: openHls };

/** A transport at work on a video, and the eye on what it shows. */
export class OpenAttempt {
  readonly video: HTMLVideoElement;
  readonly frames: FrameWatch;
  readonly #transport: Transport;
  #firstFrameAtMs: number | undefined;
  #keyFrameAtMs: number | undefined;
  #arrival: Arrival | undefined;

  constructor(
    attempt: Attempt,
    request: Omit<TransportRequest, 'quality' | 'sound'> & { readonly firstFrame: () => void },
  ) {
    this.video = request.video;
    const first = (): void => {
      this.#firstFrameAtMs = this.frames.lastAtMs;
      this.#keyFrameAtMs = this.frames.receivedAtMs;
      request.firstFrame();
    };
    this.frames = new FrameWatch(this.video, first, () => this.#transport.newestStamp?.(), request.isSoundOnly);
    this.#transport = FACTORIES[attempt.transport]({ ...request, quality: attempt.quality, sound: attempt.sound });
  }

  /** Whether anything still arrives, as far as `measureBytes` has seen. */
  bytes(nowMs: number): 'arrive' | 'stay-out' | undefined {
    if (!this.#arrival) return undefined;
    const { sinceMs, grewAtMs } = this.#arrival;
    if (nowMs - (grewAtMs ?? Number.NEGATIVE_INFINITY) < BYTES_FRESH_MS) return 'arrive';
    return nowMs - Math.max(sinceMs, grewAtMs ?? 0) > BYTES_FRESH_MS ? 'stay-out' : undefined;
  }

  /** Asked only while the picture stands: reading the statistics of a peer connection costs time. */
  async measureBytes(): Promise<void> {
    const { bytesReceived: count } = await this.#transport.statistics();
    const atMs = performance.now();
    const before = this.#arrival;
    // The first look says nothing of what came since when.
    if (!before || atMs - before.seenAtMs > FORGOTTEN_AFTER_MS)
      this.#arrival = { count, sinceMs: atMs, seenAtMs: atMs, grewAtMs: undefined };
    else this.#arrival = { ...before, count, seenAtMs: atMs, grewAtMs: count > before.count ? atMs : before.grewAtMs };
  }

  async statistics(): Promise<TransportStatistics> {
    const statistics = await this.#transport.statistics();
    const milestones = {
      ...statistics.milestones,
      ...(this.#keyFrameAtMs !== undefined && { keyFrame: this.#keyFrameAtMs }),
      ...(this.#firstFrameAtMs !== undefined && { firstFrame: this.#firstFrameAtMs }),
    };
    return { ...statistics, milestones };
  }

  close(): void {
    this.frames.close();
    this.#transport.close();
  }
}
