import { randomInt } from 'node:crypto';
import type { Logger } from 'pino';
import type { Quality } from '../../../shared/camera.ts';
import type { IceServer } from '../../../shared/events.ts';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import { allowedQuality, type Principal, viewerRights } from '../../auth/principal.ts';
import type { Hub, Watch } from '../../hub/hub.ts';
import type { Stream } from '../../hub/stream.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { PacketMemory, PacketRun } from '../../protocols/srtp/packet-run.ts';
import type { IceCandidate } from '../../protocols/stun/ice-candidate.ts';
import { canMakeOpus } from '../transcode/ffmpeg-opus.ts';
import { answerMedia } from './negotiation/answer-media.ts';
import { type BrowserOffer, parseBrowserOffer } from './negotiation/browser-offer.ts';
import { type AnsweredMedia, serializeAnswer } from './negotiation/viewer-answer.ts';
import { PageConnections } from './page-connections.ts';
import { allocateScratch } from './sending/retransmission.ts';
import { chooseSendPath, type SendPath } from './sending/send-path.ts';
import { type StreamFeed, silentViewer } from './sending/stream-feed.ts';
import { StreamFeeds } from './sending/stream-feeds.ts';
import { gatewayCandidates, interfaceAddresses } from './transport/advertised-addresses.ts';
import type { DtlsEngine } from './transport/dtls-engine.ts';
import { IceRouter } from './transport/ice-router.ts';
import { ReflexiveAddress } from './transport/reflexive-address.ts';
import type { TcpPort } from './transport/tcp-port.ts';
import { type ConfiguredIceServer, iceServersFor } from './transport/turn-credentials.ts';
import type { UdpPort } from './transport/udp-port.ts';
import { openViewerPorts } from './transport/viewer-ports.ts';
import type { TransportParts } from './transport/viewer-transport.ts';
import { WebrtcViewer } from './webrtc-viewer.ts';

export type WebrtcConfig = {
  /** Undefined: every address of this machine. */
  readonly host?: string;
  /** For UDP and TCP; 0 takes a free one. */
  readonly port: number;
  readonly tcp: boolean;
  /** What viewers are told instead of the interfaces' own addresses. */
  readonly publicAddresses: readonly string[];
  readonly iceServers: readonly ConfiguredIceServer[];
  readonly turnSecret?: string;
};

export type WebrtcRequest = {
  readonly camera: CameraId;
  readonly quality: Quality;
  readonly offer: string;
  readonly principal: Principal;
  readonly address?: string;
};

export type WebrtcStatistics = {
  readonly sendPath: SendPath['kind'];
  readonly viewers: number;
  readonly packetsSent: number;
  readonly packetsRetransmitted: number;
  /** Binding requests that did not know a password. */
  readonly unauthenticated: number;
};

/** Every viewer has its turn once a second, not all in the same moment. */
const TICKS_PER_SECOND = 10;

export async function createWebrtcOutput(options: {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: WebrtcConfig;
  /** For tests; by default the native one where it can be had. */
  readonly sendPath?: SendPath;
}): Promise<WebrtcOutput> {
  const { clock, log, config } = options;
  const { sendPath, because } = options.sendPath ? { sendPath: options.sendPath } : chooseSendPath();
  const router = new IceRouter(() => clock.nowUs() / 1000);
  const { udp, tcp } = await openViewerPorts({
    ...{ host: config.host, port: config.port, withTcp: config.tcp, sendPath, log },
    receive: (bytes, origin) => router.receive(bytes, origin),
    lose: (key) => router.losePath(key),
  });
  log.info({ port: udp.port, tcp: config.tcp, sendPath: sendPath.kind, because }, 'webrtc listens');
  return new WebrtcOutput({ ...options, sendPath, router, udp, tcp, canMakeOpus: await canMakeOpus() });
}

type OutputParts = {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: WebrtcConfig;
  readonly sendPath: SendPath;
  readonly router: IceRouter;
  readonly udp: UdpPort;
  readonly tcp: TcpPort | undefined;
  /** ffmpeg is there: sound in AAC can be heard. */
  readonly canMakeOpus: boolean;
};

/** Live video for browsers: every viewer through one UDP and one TCP port. */
export class WebrtcOutput {
  readonly pages: PageConnections;
  readonly #parts: OutputParts;
  readonly #run: PacketRun;
  readonly #scratch: PacketMemory;
  readonly #feeds: StreamFeeds;
  readonly #viewers = new Set<WebrtcViewer>();
  readonly #reflexive: ReflexiveAddress | undefined;
  readonly #goneCounts = { packetsSent: 0, packetsRetransmitted: 0 };
  #engine: Promise<DtlsEngine> | undefined;
  #cancelTick: () => void;
  #tick = 0;
  #closing: Promise<unknown> | undefined;

  constructor(parts: OutputParts) {
    this.#parts = parts;
    this.#run = parts.sendPath.run;
    this.#scratch = allocateScratch(parts.sendPath.allocate);
    const { hub, clock, log, canMakeOpus } = parts;
    this.#feeds = new StreamFeeds({ ...{ clock, log, canMakeOpus }, allocate: parts.sendPath.allocate });
    this.pages = new PageConnections({
      ...{ hub, clock, feeds: this.#feeds, scratch: this.#scratch },
      transport: () => this.#transport(),
      candidates: (address) => this.#candidates(address),
    });
    this.#cancelTick = this.#scheduleTick();
    const send: UdpPort['send'] = (bytes, address, port) => parts.udp.send(bytes, address, port);
    this.#reflexive = ReflexiveAddress.start(parts.config.iceServers, send, parts.clock);
    parts.router.onStrayResponse = (response) => this.#reflexive?.take(response);
  }

  get port(): number {
    return this.#parts.udp.port;
  }

  get sendPath(): SendPath['kind'] {
    return this.#parts.sendPath.kind;
  }

  /** Answers an offer. Rejects with a GatewayError; the camera then has one viewer less again. */
  async open(request: WebrtcRequest): Promise<WebrtcViewer> {
    const { principal, address } = request;
    const offer = parseBrowserOffer(request.offer);
    let viewer: WebrtcViewer | undefined;
    const ended = new AbortController();
    const quality = allowedQuality(principal, request.quality);
    const watch = this.#parts.hub.watch(request.camera, quality, {
      kind: 'webrtc',
      ...viewerRights(principal),
      ...(address === undefined ? {} : { address }),
      statistics: () => viewer?.statistics ?? {},
      end: (reason) => {
        ended.abort(reason);
        viewer?.end(reason);
      },
    });
    const loading = this.#transport();
    const feed = this.#feeds.of(watch.stream);
    const placeholder = silentViewer(() => {});
    feed.add(placeholder);
    try {
      const [tracks, transport] = await Promise.all([feed.whenTracksKnown(ended.signal), loading]);
      if (ended.signal.aborted) throw ended.signal.reason;
      if (this.#closing) throw stopping();
      const media = answerMedia(offer, tracks, principal.mayListen);
      viewer = this.#createViewer(watch, feed, offer, media, this.#candidates(address), transport);
      return viewer;
    } catch (error) {
      watch.close();
      throw error;
    } finally {
      this.#feeds.release(watch.stream, placeholder);
    }
  }

  /** For one viewer; TURN credentials are made for the name and expire. */
  iceServersFor(name: string): IceServer[] {
    // Whoever asks is about to come; that the engine cannot be loaded is told to the viewer.
    this.prepare().catch(() => undefined);
    const { iceServers, turnSecret } = this.#parts.config;
    return iceServersFor(iceServers, turnSecret, name, this.#parts.clock.wallMs());
  }

  viewer(id: ViewerId): WebrtcViewer | undefined {
    for (const viewer of this.#viewers) if (viewer.id === id) return viewer;
    return undefined;
  }

  statistics(): WebrtcStatistics {
    let packetsSent = this.#goneCounts.packetsSent + this.pages.packets.sent;
    let packetsRetransmitted = this.#goneCounts.packetsRetransmitted + this.pages.packets.retransmitted;
    for (const { packets } of this.#viewers) {
      packetsSent += packets.sent;
      packetsRetransmitted += packets.retransmitted;
    }
    return {
      sendPath: this.sendPath,
      viewers: this.#viewers.size + this.pages.viewers,
      packetsSent,
      packetsRetransmitted,
      unauthenticated: this.#parts.router.counts.unauthenticated,
    };
  }

  /** Ends every viewer and closes the ports. Idempotent. */
  async close(): Promise<void> {
    this.#cancelTick();
    this.#reflexive?.close();
    for (const viewer of [...this.#viewers]) viewer.end(stopping());
    this.pages.end(stopping());
    this.#closing ??= Promise.all([this.#parts.udp.close(), this.#parts.tcp?.close()]);
    await this.#closing;
  }

  #createViewer(
    watch: Watch,
    feed: StreamFeed,
    offer: BrowserOffer,
    media: readonly (AnsweredMedia | undefined)[],
    candidates: readonly IceCandidate[],
    transport: TransportParts,
  ): WebrtcViewer {
    const sent = (kind: string) => media.find((one) => one?.isSending && one.media.kind === kind);
    const viewer = new WebrtcViewer({
      ...{ watch, offer, candidates },
      media: { feed, video: sent('video'), audio: sent('audio'), scratch: this.#scratch, clock: this.#parts.clock },
      transport,
      gone: (gone) => this.#forget(gone, watch.stream),
    });
    this.#viewers.add(viewer);
    viewer.answer = serializeAnswer(offer, {
      sessionId: randomInt(2 ** 47).toString(),
      ice: viewer.localIce,
      fingerprint: transport.engine.fingerprint,
      version: 1,
      ...{ candidates, media },
    });
    return viewer;
  }

  /**
   * Loads what viewers need and an idle gateway does not. Called as soon as somebody might come, so that the first viewer does
   * not wait for it.
   */
  prepare(): Promise<DtlsEngine> {
    this.#engine ??= import('./transport/dtls-engine.ts').then(({ createDtlsEngine }) => createDtlsEngine());
    return this.#engine;
  }

  async #transport(): Promise<TransportParts> {
    const engine = await this.prepare();
    if (this.#closing) throw stopping();
    return { ...this.#parts, engine, run: this.#run };
  }

  #candidates(address: string | undefined): readonly IceCandidate[] {
    const { publicAddresses, host, tcp } = this.#parts.config;
    const own = host === undefined || host === '0.0.0.0' || host === '::' ? interfaceAddresses() : [host];
    // A viewer on this very machine may have no other address than this.
    const loopback = isLoopback(address) ? ['127.0.0.1'] : [];
    const hosts = [...(publicAddresses.length > 0 ? publicAddresses : own), ...loopback];
    return gatewayCandidates(hosts, this.port, tcp, this.#reflexive?.mapped);
  }

  #forget(viewer: WebrtcViewer, stream: Stream): void {
    this.#viewers.delete(viewer);
    this.#goneCounts.packetsSent += viewer.packets.sent;
    this.#goneCounts.packetsRetransmitted += viewer.packets.retransmitted;
    this.#feeds.release(stream, viewer.feedViewer);
  }

  #scheduleTick(): () => void {
    return this.#parts.clock.after(1000 / TICKS_PER_SECOND, () => {
      this.#cancelTick = this.#scheduleTick();
      this.#tick++;
      const nowMs = this.#parts.clock.nowUs() / 1000;
      let place = 0;
      for (const viewer of [...this.#viewers, ...this.pages.all])
        if (place++ % TICKS_PER_SECOND === this.#tick % TICKS_PER_SECOND) viewer.tick(nowMs);
    });
  }
}

function stopping(): GatewayError {
  return new GatewayError('stopping', 'The gateway is stopping.');
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || address?.replace(/^::ffff:/, '').startsWith('127.') === true;
}
