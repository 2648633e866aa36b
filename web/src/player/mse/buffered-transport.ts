import { lossOf } from '../decision/loss.ts';
import type { Loss } from '../decision/player-state.ts';
import type { Milestones, TransportStatistics } from '../statistics.ts';
import type { Transport, TransportRequest } from '../transport.ts';
import type { EdgeKeeper } from './edge-keeper.ts';

/** What one kind of stream does between the gateway and the media buffer. */
export type BufferedStream = {
  /** Plays until `signal` aborts. Whatever it rejects with is why the transport was lost. */
  run(signal: AbortSignal): Promise<void>;
  /** Called once. The last picture stays in the video. */
  release(): void;
};

/** The life of a transport that fills a media buffer: it counts what arrives, is lost at most once, and closes everything. */
export class BufferedTransport implements Transport {
  readonly request: TransportRequest;
  readonly milestones: { -readonly [Key in keyof Milestones]: Milestones[Key] } = { asked: performance.now() };
  keeper: EdgeKeeper | undefined;
  codec: string | undefined;
  readonly #abort = new AbortController();
  readonly #stream: BufferedStream;
  #bytes = 0;

  constructor(request: TransportRequest, streamOf: (transport: BufferedTransport) => BufferedStream) {
    this.request = request;
    this.#stream = streamOf(this);
    this.#stream.run(this.#abort.signal).catch((error: unknown) => this.lose(lossOf(error)));
  }

  received(byteCount: number): void {
    if (this.#bytes === 0) {
      this.milestones.firstBytes = performance.now();
      this.request.connected();
    }
    this.#bytes += byteCount;
  }

  async statistics(): Promise<TransportStatistics> {
    const edge = this.keeper?.state;
    return {
      milestones: this.milestones,
      bytesReceived: this.#bytes,
      framesDropped: this.request.video.getVideoPlaybackQuality().droppedVideoFrames,
      ...(this.codec !== undefined && { codec: this.codec }),
      ...(this.keeper && { bufferedMs: this.keeper.aheadS * 1000 }),
      ...(edge && { targetMs: edge.targetS * 1000, playbackRate: edge.rate, stalls: edge.stalls }),
    };
  }

  lose(loss: Loss): void {
    if (this.#abort.signal.aborted) return;
    this.close();
    this.request.lost(loss);
  }

  close(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.keeper?.close();
    this.#stream.release();
  }
}
