import { EdgeKeeper } from './edge-keeper.ts';
import { bearer, cameraUrl, credentialsFor } from './gateway-request.ts';
import { lossOf, refusalOf } from './loss.ts';
import { MediaSink, mediaSourceClass } from './media-sink.ts';
import type { Loss } from './player-state.ts';
import type { Milestones, TransportStatistics } from './statistics.ts';
import type { OpenTransport, Transport, TransportRequest } from './transport.ts';

/** live.mp4 has one fragment per frame: two frames of slack at the usual rates. */
const PART_S = 0.045;

export const openMp4: OpenTransport = (request) => new Mp4Transport(request);

/** One endless response of fragments, appended to the video as they come. */
class Mp4Transport implements Transport {
  readonly #request: TransportRequest;
  readonly #abort = new AbortController();
  readonly #milestones: { -readonly [Key in keyof Milestones]: Milestones[Key] } = { asked: performance.now() };
  #sink: MediaSink | undefined;
  #keeper: EdgeKeeper | undefined;
  #codec: string | undefined;
  #bytes = 0;

  constructor(request: TransportRequest) {
    this.#request = request;
    this.#run().catch((error: unknown) => this.#lose(lossOf(error)));
  }

  async statistics(): Promise<TransportStatistics> {
    const edge = this.#keeper?.state;
    return {
      milestones: this.#milestones,
      bytesReceived: this.#bytes,
      framesDropped: this.#request.video.getVideoPlaybackQuality().droppedVideoFrames,
      ...(this.#codec !== undefined && { codec: this.#codec }),
      ...(this.#keeper && { bufferedMs: this.#keeper.aheadS * 1000 }),
      ...(edge && { targetMs: edge.targetS * 1000, playbackRate: edge.rate, stalls: edge.stalls }),
    };
  }

  close(): void {
    this.#abort.abort();
    this.#keeper?.close();
    this.#sink?.close();
  }

  async #run(): Promise<void> {
    const { token, gateway, quality, sound } = this.#request;
    const SourceClass = mediaSourceClass();
    if (!SourceClass) return this.#lose({ kind: 'unsupported', reason: 'no-media-source' });
    const response = await fetch(cameraUrl(this.#request, '/live.mp4', { quality, sound: sound ? 'yes' : 'no' }), {
      headers: bearer(token),
      credentials: credentialsFor(gateway),
      cache: 'no-store',
      signal: this.#abort.signal,
    });
    if (!response.ok || !response.body) throw await refusalOf(response);
    this.#milestones.answered = performance.now();
    const mimeType = response.headers.get('content-type') ?? '';
    this.#codec = /codecs="([^"]*)"/.exec(mimeType)?.[1];
    if (!SourceClass.isTypeSupported(mimeType)) return this.#lose({ kind: 'unsupported', reason: 'codec' });
    this.#play(mimeType, SourceClass);
    await this.#read(response.body.getReader());
  }

  #play(mimeType: string, SourceClass: typeof MediaSource): void {
    const { video, sound } = this.#request;
    this.#sink = new MediaSink(video, mimeType, SourceClass, () => this.#lose({ kind: 'broken', why: 'decoder' }));
    this.#keeper = new EdgeKeeper(video, PART_S, sound, () => this.#lose({ kind: 'broken', why: 'uneven' }));
    video.play().catch(() => undefined);
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return this.#lose({ kind: 'broken', why: 'ended' });
      if (this.#bytes === 0) {
        this.#milestones.firstBytes = performance.now();
        this.#request.connected();
      }
      this.#bytes += value.length;
      this.#sink?.append(value);
    }
  }

  #lose(loss: Loss): void {
    if (this.#abort.signal.aborted) return;
    this.close();
    this.#request.lost(loss);
  }
}
