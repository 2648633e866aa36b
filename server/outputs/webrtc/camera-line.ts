import type { Quality } from '../../../shared/camera.ts';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import type { Watch } from '../../hub/hub.ts';
import type { ViewerStatistics } from '../../hub/viewer.ts';
import type { ReplayPace } from '../../media/catch-up/replay-pace.ts';
import type { RtcpPacket } from '../../media/rtp/rtcp-packet.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { PacketMemory } from '../../protocols/srtp/packet-run.ts';
import { LineMedia } from './line-media.ts';
import { answerTracks, narrow, type WantedMedia } from './negotiation/answer-media.ts';
import type { AnsweredMedia } from './negotiation/sdp-answer.ts';
import type { AudioPacket } from './sending/audio-sender.ts';
import type { PacketizedUnit } from './sending/payload-history.ts';
import type { MediaChannel } from './sending/rtp-sender.ts';
import type { FeedReader, StreamFeed } from './sending/stream-feed.ts';

export type CameraLineParts = {
  /** The mid that identifies the line: its picture's, or its sound's when it has only sound. */
  readonly mid: string;
  readonly watch: Watch;
  readonly feed: StreamFeed;
  readonly wanted: WantedMedia;
  /** What is agreed before it is known what the camera sends. Empty when the answer can wait for that. */
  readonly answered: readonly AnsweredMedia[];
  readonly waits: boolean;
  readonly scratch: PacketMemory;
  readonly clock: Clock;
  /** Called once, whoever ended it. */
  gone(line: CameraLine, reason: GatewayError): void;
};

/** One camera on a browser's connection: its watch on the stream, and its media once everything is ready. */
export class CameraLine implements FeedReader {
  /** Resolves when the line has its place in the answer or has ended. */
  readonly answerable: Promise<unknown>;
  readonly #parts: CameraLineParts;
  #answered: readonly AnsweredMedia[];
  #ended: GatewayError | undefined;
  /** Aborts when the line ends. */
  readonly #life = new AbortController();
  #media: LineMedia | undefined;
  #connection: { readonly channel: MediaChannel; readonly pace: ReplayPace } | undefined;
  #isConfirmed = false;
  #isStarted = false;

  constructor(parts: CameraLineParts) {
    this.#parts = parts;
    this.#answered = parts.answered;
    parts.feed.add(this);
    const agreed = this.#agree().catch((error: unknown) => this.end(asGatewayError(error, 'internal')));
    this.answerable = parts.waits ? agreed : Promise.resolve();
  }

  get id(): ViewerId {
    return this.#parts.watch.viewer.id;
  }

  get camera(): CameraId {
    return this.#parts.watch.viewer.camera;
  }

  /** The quality that is really sent. */
  get quality(): Quality {
    return this.#parts.watch.viewer.quality;
  }

  get mid(): string {
    return this.#parts.mid;
  }

  /** It must be the same in every answer, or the browser would treat it as another source. */
  get answered(): readonly AnsweredMedia[] {
    return this.#answered;
  }

  /** Why the line has ended, if it has. */
  get ended(): GatewayError | undefined {
    return this.#ended;
  }

  get packets(): { readonly sent: number; readonly retransmitted: number } {
    return { sent: this.#media?.sentPackets ?? 0, retransmitted: this.#media?.retransmittedPackets ?? 0 };
  }

  /** Must be called when the connection is established. */
  connect(channel: MediaChannel, pace: ReplayPace): void {
    this.#connection ??= { channel, pace };
    this.#parts.watch.connected();
    this.#start();
  }

  /** Must be called when the browser has applied the answer with this line. Before that it would drop the media, including the key frame. */
  confirm(): void {
    this.#isConfirmed = true;
    this.#start();
  }

  video(unit: PacketizedUnit): void {
    this.#media?.video(unit);
  }

  audio(packet: AudioPacket): void {
    this.#media?.audio(packet);
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
    if (this.#ended) return;
    this.#ended = reason;
    this.#media?.close();
    this.#parts.watch.close();
    this.#parts.gone(this, reason);
    this.#life.abort(reason);
  }

  async #agree(): Promise<void> {
    const { feed, wanted, waits, scratch, clock } = this.#parts;
    const tracks = await feed.whenTracksKnown(this.#life.signal);
    if (this.#ended) return;
    if (waits) this.#answered = answerTracks(wanted, tracks);
    const chosen = this.#answered.map((agreed) => narrow(agreed, tracks));
    const sent = (kind: string) => chosen.find(({ media }) => media.kind === kind);
    this.#media = new LineMedia({ feed, scratch, clock, video: sent('video'), audio: sent('audio') });
    this.#start();
  }

  #start(): void {
    if (!this.#media || !this.#connection || !this.#isConfirmed || this.#isStarted || this.#ended) return;
    this.#isStarted = true;
    if (this.#media.hasSound) this.#parts.feed.listen(this);
    this.#media.start(this.#connection.channel, this.#connection.pace);
  }
}
