import type { Quality } from '../../../shared/camera.ts';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import type { Watch } from '../../hub/hub.ts';
import type { ViewerStatistics } from '../../hub/viewer.ts';
import { parseRtcpPackets } from '../../media/rtp/rtcp-packet.ts';
import { GatewayError } from '../../platform/errors.ts';
import { type IceCandidate, serializeIceCandidate } from '../../protocols/stun/ice-candidate.ts';
import { MediaViewer, type MediaViewerParts } from './media-viewer.ts';
import type { BrowserOffer } from './negotiation/browser-offer.ts';
import { ReplayPace } from './sending/replay-pace.ts';
import { parseIceFragment } from './transport/ice-fragment.ts';
import { type TransportParts, ViewerTransport } from './transport/viewer-transport.ts';

const REPORT_EVERY_MS = 1000;

export type WebrtcViewerParts = {
  readonly watch: Watch;
  readonly offer: BrowserOffer;
  readonly media: MediaViewerParts;
  readonly transport: TransportParts;
  readonly candidates: readonly IceCandidate[];
  /** Called once, whoever ended it. */
  gone(viewer: WebrtcViewer): void;
};

/** One browser that watches one camera: its hold on the stream, its connection, its media. */
export class WebrtcViewer {
  /** Resolves with the reason when it has ended, however that came. */
  readonly closed: Promise<GatewayError>;
  /** Set once, before anybody else sees the viewer. */
  answer = '';
  readonly #parts: WebrtcViewerParts;
  readonly #media: MediaViewer;
  readonly #transport: ViewerTransport;
  #resolveClosed: (reason: GatewayError) => void = () => {};
  #isClosed = false;
  #reportedMs = 0;

  constructor(parts: WebrtcViewerParts) {
    this.#parts = parts;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#media = new MediaViewer(parts.media, (reason) => this.end(reason));
    this.#transport = new ViewerTransport(parts.offer, parts.transport, {
      connected: (channel) => this.#media.start(channel, new ReplayPace(channel.path)),
      rtcp: (bytes) => this.#media.takeRtcp(parseRtcpPackets(bytes)),
      closed: (reason) => this.end(reason),
    });
    parts.media.feed.add(this.#media);
  }

  get id(): ViewerId {
    return this.#parts.watch.viewer.id;
  }

  get camera(): CameraId {
    return this.#parts.watch.viewer.camera;
  }

  /** What is really sent. */
  get quality(): Quality {
    return this.#parts.watch.viewer.quality;
  }

  get localIce(): ViewerTransport['agent']['local'] {
    return this.#transport.agent.local;
  }

  /** How it is reached: `tcp` where UDP does not get through. */
  get transport(): 'udp' | 'tcp' | undefined {
    return this.#transport.agent.path?.transport;
  }

  get isConnected(): boolean {
    return this.#transport.isConnected;
  }

  get statistics(): ViewerStatistics {
    return this.#media.statistics(this.#transport.agent.roundTripMs);
  }

  get packets(): { readonly sent: number; readonly retransmitted: number } {
    return { sent: this.#media.sentPackets, retransmitted: this.#media.retransmittedPackets };
  }

  /** A candidate line, or an SDP fragment (RFC 8840) with any number of them. */
  addCandidate(text: string): void {
    if (!this.#isClosed) this.#transport.openWays(parseIceFragment(text).candidates);
  }

  /** Answers a fragment with new credentials (an ICE restart) by one with ours; undefined when they are not new. */
  restartIce(fragment: string): string | undefined {
    const { ice, candidates } = parseIceFragment(fragment);
    if (!ice || ice.ufrag === this.#transport.agent.remoteUfrag || this.#isClosed) return undefined;
    this.#transport.restartIce(ice);
    this.#transport.openWays(candidates);
    const lines = [
      `a=ice-ufrag:${this.localIce.ufrag}`,
      `a=ice-pwd:${this.localIce.password}`,
      'a=ice-lite',
      ...this.#parts.candidates.map((candidate) => `a=${serializeIceCandidate(candidate)}`),
      'a=end-of-candidates',
    ];
    return `${lines.join('\r\n')}\r\n`;
  }

  /** Call a few times a second: liveness and sender reports. */
  tick(nowMs: number): void {
    this.#transport.tick(nowMs);
    if (this.#isClosed || nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = nowMs;
    for (const report of this.#media.reports()) this.#transport.sendRtcp(report);
  }

  close(): void {
    this.end(new GatewayError('viewer-lost', 'The viewer left.'));
  }

  end(reason: GatewayError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#media.close();
    this.#transport.close();
    this.#parts.watch.close();
    this.#parts.gone(this);
    this.#resolveClosed(reason);
  }

  /** For the feed's books. */
  get feedViewer(): MediaViewer {
    return this.#media;
  }
}
