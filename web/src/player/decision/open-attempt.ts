import { FrameWatch } from '../frame-watch.ts';
import { openMp4 } from '../mse/mp4-transport.ts';
import type { TransportStatistics } from '../statistics.ts';
import type { OpenTransport, Transport, TransportRequest } from '../transport.ts';
import { openWebrtc } from '../webrtc/webrtc-transport.ts';
import { openLazily } from './open-lazily.ts';
import type { Attempt, TransportName } from './player-state.ts';

/** Its script comes with hls.js, when the other ways have failed. */
const openHls = openLazily(() => import('../mse/hls-transport.ts').then((module) => module.openHls));

const FACTORIES: Record<TransportName, OpenTransport> = { webrtc: openWebrtc, mp4: openMp4, hls: openHls };

/** A transport at work on a video, and the eye on what it shows. */
export class OpenAttempt {
  readonly video: HTMLVideoElement;
  readonly frames: FrameWatch;
  readonly #transport: Transport;
  #firstFrameAtMs: number | undefined;
  #keyFrameAtMs: number | undefined;
  #bytes = 0;
  #bytesAtMs = performance.now();

  constructor(
    attempt: Attempt,
    request: Omit<TransportRequest, 'quality' | 'sound'> & { readonly firstFrame: () => void },
  ) {
    this.video = request.video;
    this.frames = new FrameWatch(this.video, () => {
      this.#firstFrameAtMs = this.frames.lastAtMs;
      this.#keyFrameAtMs = this.frames.receivedAtMs;
      request.firstFrame();
    });
    this.#transport = FACTORIES[attempt.transport]({ ...request, quality: attempt.quality, sound: attempt.sound });
  }

  /** How long nothing arrived, as far as `measureBytes` has seen. */
  bytesAgeMs(nowMs: number): number {
    return nowMs - this.#bytesAtMs;
  }

  /** Asked only while the picture stands: reading the statistics of a peer connection costs time. */
  async measureBytes(): Promise<void> {
    const { bytesReceived } = await this.#transport.statistics();
    if (bytesReceived !== this.#bytes) this.#bytesAtMs = performance.now();
    this.#bytes = bytesReceived;
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
