import type { Logger } from 'pino';
import type { Stream } from '../../../hub/stream.ts';
import type { Clock } from '../../../platform/clock.ts';
import { AacToOpus } from '../../transcode/aac-to-opus.ts';
import type { AllocatePacketMemory } from '../native/packet-memory.ts';
import { type FeedReader, StreamFeed } from './stream-feed.ts';

export type StreamFeedsParts = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly allocate: AllocatePacketMemory;
  /** True when ffmpeg is installed, so that AAC sound can be converted. */
  readonly canMakeOpus: boolean;
};

/** The feeds of all streams that are watched over WebRTC, one for each. */
export class StreamFeeds {
  readonly #parts: StreamFeedsParts;
  readonly #feeds = new Map<Stream, StreamFeed>();

  constructor(parts: StreamFeedsParts) {
    this.#parts = parts;
  }

  of(stream: Stream): StreamFeed {
    const known = this.#feeds.get(stream);
    if (known) return known;
    const { clock, log, allocate, canMakeOpus } = this.#parts;
    const opus = canMakeOpus ? new AacToOpus(stream, clock, log) : undefined;
    const feed = new StreamFeed(stream, clock, allocate, opus);
    this.#feeds.set(stream, feed);
    return feed;
  }

  release(stream: Stream, viewer: FeedReader): void {
    if (this.#feeds.get(stream)?.remove(viewer)) this.#feeds.delete(stream);
  }
}
