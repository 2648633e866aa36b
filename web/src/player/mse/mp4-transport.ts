import type { OpenTransport } from '../transport.ts';
import { type BufferedStream, BufferedTransport } from './buffered-transport.ts';
import { EdgeKeeper } from './edge-keeper.ts';
import { MediaSink } from './media-sink.ts';
import { mediaSourceClass } from './media-source-class.ts';
import { readMp4 } from './mp4-bytes.ts';
import { SoundBeside } from './sound-beside.ts';
import { TrackSplitter } from './track-splitter.ts';

/** live.mp4 has one fragment per frame: two frames of slack at the usual rates. */
const LEAST_S = 0.09;

export const openMp4: OpenTransport = (request) =>
  new BufferedTransport(request, (transport) => new Mp4Stream(transport));

/** One endless stream of fragments, appended to the video as they come. */
class Mp4Stream implements BufferedStream {
  readonly #transport: BufferedTransport;
  #sink: MediaSink | undefined;
  readonly #splitter = new TrackSplitter();
  #sound: SoundBeside | undefined;

  constructor(transport: BufferedTransport) {
    this.#transport = transport;
  }

  release(): void {
    this.#sink?.close();
    this.#sound?.close();
  }

  async run(signal: AbortSignal): Promise<void> {
    const SourceClass = mediaSourceClass();
    if (!SourceClass) return this.#transport.lose({ kind: 'unsupported', reason: 'no-media-source' });
    await readMp4(this.#transport.request, signal, {
      type: (mimeType) => this.#play(mimeType, SourceClass),
      bytes: (chunk) => this.#append(chunk),
    });
    this.#transport.lose({ kind: 'broken', why: 'ended' });
  }

  #play(mimeType: string, SourceClass: typeof MediaSource): void {
    const transport = this.#transport;
    const { video, soundRefused } = transport.request;
    transport.milestones.answered = performance.now();
    transport.codec = /codecs="([^"]*)"/.exec(mimeType)?.[1];
    const [pictureCodec = '', soundCodec] = transport.codec?.split(',') ?? [];
    const pictureType = `video/mp4; codecs="${pictureCodec}"`;
    if (!SourceClass.isTypeSupported(pictureType)) {
      transport.lose({ kind: 'unsupported', reason: 'codec' });
      return;
    }
    const soundType = `audio/mp4; codecs="${soundCodec}"`;
    if (soundCodec && SourceClass.isTypeSupported(soundType))
      this.#sound = new SoundBeside({ video, mimeType: soundType, SourceClass, refused: soundRefused });
    this.#sink = new MediaSink(video, pictureType, SourceClass, () =>
      transport.lose({ kind: 'broken', why: 'decoder' }),
    );
    transport.keeper = new EdgeKeeper(video, {
      leastS: LEAST_S,
      content: 'picture',
      completeUntilS: () => this.#splitter.decodedUntilS,
      heldS: (edgeS) => this.#sound?.heldS(edgeS) ?? 0,
      uneven: () => transport.lose({ kind: 'broken', why: 'uneven' }),
    });
    video.play().catch(() => undefined);
  }

  #append(chunk: Uint8Array<ArrayBuffer>): void {
    this.#transport.received(chunk.length);
    const { picture, sound } = this.#splitter.push(chunk);
    for (const part of picture) this.#sink?.append(part);
    for (const part of sound) this.#sound?.append(part);
  }
}
