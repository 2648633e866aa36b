import type { Quality } from '../../../shared/camera.ts';
import type { ViewerId } from '../../../shared/ids.ts';
import type { Watch } from '../../hub/hub.ts';
import type { ViewerStatistics } from '../../hub/viewer.ts';
import type { RtcpPacket } from '../../media/rtp/rtcp-packet.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { PacketMemory } from '../../protocols/srtp/packet-run.ts';
import { MediaViewer } from './media-viewer.ts';
import { chooseVideo, noCommonVideo } from './negotiation/codec-choice.ts';
import type { AnsweredMedia } from './negotiation/viewer-answer.ts';
import type { ReplayPace } from './sending/replay-pace.ts';
import type { ViewerChannel } from './sending/rtp-sender.ts';
import { type FeedViewer, type StreamFeed, silentViewer } from './sending/stream-feed.ts';

export type PageLineParts = {
  readonly watch: Watch;
  readonly feed: StreamFeed;
  /** Several payload types: which one is known when the camera's tracks are. */
  readonly media: AnsweredMedia;
  readonly scratch: PacketMemory;
  readonly clock: Clock;
  /** Called once, whoever ended it. */
  gone(line: PageLine, reason: GatewayError): void;
};

/** One tile's m-line of a page's connection: its hold on the stream, and its media once everything it needs is there. */
export class PageLine {
  readonly #parts: PageLineParts;
  #feedViewer: FeedViewer = silentViewer((reason) => this.end(reason));
  #media: MediaViewer | undefined;
  #connection: { readonly channel: ViewerChannel; readonly pace: ReplayPace } | undefined;
  readonly #ended = new AbortController();
  #isAnswered = false;
  #isStarted = false;
  #isClosed = false;

  constructor(parts: PageLineParts) {
    this.#parts = parts;
    parts.feed.add(this.#feedViewer);
    this.#awaitTracks().catch((error: unknown) => this.end(asGatewayError(error, 'internal')));
  }

  get id(): ViewerId {
    return this.#parts.watch.viewer.id;
  }

  /** What is really sent. */
  get quality(): Quality {
    return this.#parts.watch.viewer.quality;
  }

  /** The same in every answer, or the browser would take it for another source. */
  get answered(): AnsweredMedia {
    return this.#parts.media;
  }

  get packets(): { readonly sent: number; readonly retransmitted: number } {
    return { sent: this.#media?.sentPackets ?? 0, retransmitted: this.#media?.retransmittedPackets ?? 0 };
  }

  /** For the feed's books. */
  get feedViewer(): FeedViewer {
    return this.#feedViewer;
  }

  /** The connection stands. */
  connect(channel: ViewerChannel, pace: ReplayPace): void {
    this.#connection ??= { channel, pace };
    this.#start();
  }

  /** The browser has taken the answer with this line in it: before that it would drop what comes, the key frame first. */
  confirm(): void {
    this.#isAnswered = true;
    this.#start();
  }

  takeRtcp(packets: readonly RtcpPacket[]): void {
    this.#media?.takeRtcp(packets);
  }

  reports(): readonly Uint8Array[] {
    return this.#media?.reports() ?? [];
  }

  /** `roundTripMs` of the connection, until the receiver's first report. */
  statistics(roundTripMs: number | undefined): ViewerStatistics {
    return this.#media?.statistics(roundTripMs) ?? {};
  }

  close(): void {
    this.end(new GatewayError('viewer-lost', 'The viewer left.'));
  }

  end(reason: GatewayError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ended.abort(reason);
    this.#media?.close();
    this.#parts.watch.close();
    this.#parts.gone(this, reason);
  }

  async #awaitTracks(): Promise<void> {
    const { feed, media, scratch, clock } = this.#parts;
    const { video } = await feed.whenTracksKnown(this.#ended.signal);
    if (this.#isClosed || !video) return;
    const choice = chooseVideo(media.media, video);
    if (!choice) throw noCommonVideo(video);
    const chosen = { ...media, choices: [choice] };
    this.#media = new MediaViewer({ ...{ feed, scratch, clock }, video: chosen, audio: undefined }, (reason) =>
      this.end(reason),
    );
    const waiting = this.#feedViewer;
    this.#feedViewer = this.#media;
    feed.add(this.#media);
    feed.remove(waiting);
    this.#start();
  }

  #start(): void {
    if (!this.#media || !this.#connection || !this.#isAnswered || this.#isStarted || this.#isClosed) return;
    this.#isStarted = true;
    this.#media.start(this.#connection.channel, this.#connection.pace);
  }
}
