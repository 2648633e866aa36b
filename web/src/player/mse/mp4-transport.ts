import { lossOf } from '../decision/loss.ts';
import type { Loss } from '../decision/player-state.ts';
import type { Milestones, TransportStatistics } from '../statistics.ts';
import type { OpenTransport, Transport, TransportRequest } from '../transport.ts';
import { EdgeKeeper } from './edge-keeper.ts';
import { MediaSink, mediaSourceClass } from './media-sink.ts';
import { readMp4 } from './mp4-bytes.ts';
import { SoundBeside } from './sound-beside.ts';
import { TrackSplitter } from './track-splitter.ts';

/** live.mp4 has one fragment per frame: two frames of slack at the usual rates. */
const LEAST_S = 0.09;

export const openMp4: OpenTransport = (request) => new Mp4Transport(request);

/** One endless stream of fragments, appended to the video as they come. */
class Mp4Transport implements Transport {
  readonly #request: TransportRequest;
  readonly #abort = new AbortController();
  readonly #milestones: { -readonly [Key in keyof Milestones]: Milestones[Key] } = { asked: performance.now() };
  #sink: MediaSink | undefined;
  #keeper: EdgeKeeper | undefined;
  #splitter: TrackSplitter | undefined;
  #sound: SoundBeside | undefined;
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
    this.#sound?.close();
  }

  async #run(): Promise<void> {
    const SourceClass = mediaSourceClass();
    if (!SourceClass) return this.#lose({ kind: 'unsupported', reason: 'no-media-source' });
    await readMp4(this.#request, this.#abort.signal, {
      type: (mimeType) => this.#play(mimeType, SourceClass),
      bytes: (chunk) => this.#append(chunk),
    });
    this.#lose({ kind: 'broken', why: 'ended' });
  }

  #play(mimeType: string, SourceClass: typeof MediaSource): void {
    const { video, soundRefused } = this.#request;
    this.#milestones.answered = performance.now();
    this.#codec = /codecs="([^"]*)"/.exec(mimeType)?.[1];
    const [pictureCodec = '', soundCodec] = this.#codec?.split(',') ?? [];
    const pictureType = `video/mp4; codecs="${pictureCodec}"`;
    if (!SourceClass.isTypeSupported(pictureType)) {
      this.#lose({ kind: 'unsupported', reason: 'codec' });
      return;
    }
    const soundType = `audio/mp4; codecs="${soundCodec}"`;
    if (soundCodec) this.#splitter = new TrackSplitter();
    if (soundCodec && SourceClass.isTypeSupported(soundType))
      this.#sound = new SoundBeside({ video, mimeType: soundType, SourceClass, refused: soundRefused });
    this.#sink = new MediaSink(video, pictureType, SourceClass, () => this.#lose({ kind: 'broken', why: 'decoder' }));
    this.#keeper = new EdgeKeeper(video, {
      leastS: LEAST_S,
      content: 'picture',
      heldS: (edgeS) => this.#sound?.heldS(edgeS) ?? 0,
      uneven: () => this.#lose({ kind: 'broken', why: 'uneven' }),
    });
    video.play().catch(() => undefined);
  }

  #append(chunk: Uint8Array<ArrayBuffer>): void {
    if (this.#bytes === 0) {
      this.#milestones.firstBytes = performance.now();
      this.#request.connected();
    }
    this.#bytes += chunk.length;
    const { picture, sound } = this.#splitter?.push(chunk) ?? { picture: [chunk], sound: [] };
    for (const part of picture) this.#sink?.append(part);
    for (const part of sound) this.#sound?.append(part);
  }

  #lose(loss: Loss): void {
    if (this.#abort.signal.aborted) return;
    this.close();
    this.#request.lost(loss);
  }
}
