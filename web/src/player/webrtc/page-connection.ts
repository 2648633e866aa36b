import type { PageTile, PageTileAnswer } from '../../../../shared/events.ts';
import { MOST_PAGE_LINES, MOST_PAGE_OFFERS } from '../../../../shared/page-connection.ts';
import { GatewayError } from '../../gateway/gateway-error.ts';
import { lossOf } from '../decision/loss.ts';
import type { Loss } from '../decision/player-state.ts';
import type { Signalling } from '../signalling/signalling.ts';
import { type LineRequest, PageLine } from './page-line.ts';
import { receivableVideo } from './webrtc-codecs.ts';

/** M-lines that were stopped are used again once the gateway knows; that can wait. */
const TIDY_MS = 1000;
const BETWEEN_OFFERS_MS = 1000 / MOST_PAGE_OFFERS.perSecond;
const LOST_STATES: ReadonlySet<RTCPeerConnectionState> = new Set(['disconnected', 'failed', 'closed']);
const BROKEN: Loss = { kind: 'broken', why: 'connection' };

/**
 * One peer connection for one tile or for all of a page: one handshake instead of one for each. This side always offers; tiles that
 * come and go add and stop transceivers, and all changes of a moment share an offer. A stopped transceiver is not used
 * again for another camera (its m-line is), because its track may still show the last picture of the one before.
 */
export class PageConnection {
  readonly #signalling: Signalling;
  /** Lines that come within so long share an offer. */
  readonly #batchMs: number;
  readonly #idle: () => void;
  readonly #lines = new Set<PageLine>();
  #peer: RTCPeerConnection | undefined;
  /** The gateway's name for it. */
  #id: string | undefined;
  #candidates: RTCIceCandidateInit[] = [];
  #room = MOST_PAGE_LINES;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #offeredAtMs = Number.NEGATIVE_INFINITY;
  #isNegotiating = false;

  /** `idle` is called each time nothing is open on it any more. */
  constructor(signalling: Signalling, batchMs: number, idle: () => void = () => {}) {
    this.#signalling = signalling;
    this.#batchMs = batchMs;
    this.#idle = idle;
  }

  /** Undefined when it has no room left. */
  open(request: LineRequest): PageLine | undefined {
    if (this.#peer && LOST_STATES.has(this.#peer.connectionState)) this.#abandon(BROKEN);
    const waiting = [...this.#lines].filter(isNew).length;
    if (waiting >= this.#room) return undefined;
    const line = new PageLine(request, (over) => this.#remove(over));
    this.#lines.add(line);
    this.#plan(this.#batchMs);
    return line;
  }

  /**
   * Asks the gateway whether it still knows this connection, because it may have closed it while nothing could be
   * heard of it.
   */
  reconcile(): void {
    if (this.#id !== undefined) this.#plan(this.#batchMs);
  }

  #remove(line: PageLine): void {
    this.#lines.delete(line);
    line.release?.();
    for (const transceiver of line.transceivers) if (this.#peer) retire(transceiver, this.#peer);
    this.#plan(this.#lines.size === 0 ? this.#batchMs : TIDY_MS);
  }

  #plan(inMs: number): void {
    const nowMs = performance.now();
    const dueAtMs = Math.max(nowMs + inMs, this.#offeredAtMs + BETWEEN_OFFERS_MS);
    if (dueAtMs >= this.#dueAtMs) return;
    clearTimeout(this.#timer);
    this.#dueAtMs = dueAtMs;
    this.#timer = setTimeout(() => {
      this.#dueAtMs = Number.POSITIVE_INFINITY;
      if (this.#isNegotiating) this.#plan(BETWEEN_OFFERS_MS);
      else if (this.#lines.size === 0) this.#drop();
      else void this.#renew();
    }, dueAtMs - nowMs);
  }

  async #renew(): Promise<void> {
    if (typeof RTCPeerConnection === 'undefined') return this.#loseAll({ kind: 'unsupported', reason: 'no-webrtc' });
    this.#isNegotiating = true;
    try {
      const iceServers = await this.#signalling.iceServers();
      this.#peer ??= this.#createPeer(iceServers);
      await this.#negotiate(this.#peer);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isNegotiating = false;
    }
  }

  async #negotiate(peer: RTCPeerConnection): Promise<void> {
    this.#offeredAtMs = performance.now();
    for (const line of this.#lines) if (isNew(line)) line.use(addMedia(peer, line.request.sound));
    const fresh = [...this.#lines].filter(({ release }) => !release);
    await peer.setLocalDescription(await peer.createOffer());
    const offer = peer.localDescription?.sdp ?? '';
    if (!/a=rtpmap:\d+ H26[45]\//.test(offer)) return this.#loseAll({ kind: 'unsupported', reason: 'codec' });
    const wanted = fresh.filter(({ isOver }) => !isOver);
    const known = this.#id === undefined ? {} : { connection: this.#id };
    const asked = { ...known, offer, tiles: wanted.map(tileOf) };
    const { connection, answer, tiles: answers } = await this.#signalling.offer(asked);
    for (const tile of answers) this.#settle(tile, peer === this.#peer ? wanted : []);
    if (peer !== this.#peer) return;
    await peer.setRemoteDescription({ type: 'answer', sdp: answer });
    if (this.#id !== undefined) this.#signalling.ready(connection);
    this.#id = connection;
    this.#room = MOST_PAGE_LINES - countLines(answer, /^m=\S+ [1-9]/gm);
    this.#watchGoodbye(peer);
    for (const candidate of this.#candidates.splice(0)) this.#signalling.candidate(connection, candidate);
    if (peer.connectionState === 'connected') for (const line of wanted) line.connect();
  }

  /** Each tile is accepted or refused by itself. */
  #settle(tile: PageTileAnswer, wanted: readonly PageLine[]): void {
    const line = wanted.find(({ mid, isOver }) => !isOver && mid === tile.mid);
    if ('error' in tile) {
      line?.lose(lossOf(new GatewayError(tile.error.code, tile.error.message)));
      return;
    }
    const release = this.#signalling.hold(tile.viewer, (why) => line?.lose(lossOf(why)));
    if (line) {
      line.release = release;
      line.milestones.answered = performance.now();
    } else release();
  }

  #fail(error: unknown): void {
    const isForgotten = this.#id !== undefined && error instanceof GatewayError && error.code === 'not-found';
    if (isForgotten) {
      this.#abandon({ kind: 'broken', why: 'ended' });
      return;
    }
    this.#loseAll(lossOf(error));
  }

  #loseAll(loss: Loss): void {
    const lines = [...this.#lines];
    this.#drop();
    for (const line of lines) line.lose(loss);
  }

  /**
   * The connection has ended for all its tiles at once. Tiles that were not on it yet go onto the next one, as do
   * those that recover.
   */
  #abandon(loss: Loss): void {
    const lost = [...this.#lines].filter(({ release }) => release);
    this.#drop();
    for (const line of this.#lines) if (!line.release) line.transceivers = [];
    if (this.#lines.size > lost.length) this.#plan(this.#batchMs);
    for (const line of lost) line.lose(loss);
  }

  #drop(): void {
    this.#peer?.close();
    this.#peer = undefined;
    this.#id = undefined;
    this.#candidates = [];
    this.#room = MOST_PAGE_LINES;
    if (this.#lines.size === 0) this.#idle();
  }

  #createPeer(iceServers: RTCIceServer[]): RTCPeerConnection {
    const peer = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    peer.onicecandidate = ({ candidate }) => {
      if (!candidate || peer !== this.#peer) return;
      if (this.#id === undefined) this.#candidates.push(candidate.toJSON());
      else this.#signalling.candidate(this.#id, candidate.toJSON());
    };
    peer.oniceconnectionstatechange = () => {
      if (peer.iceConnectionState === 'connected')
        for (const { milestones } of this.#lines) milestones.iceConnected ??= performance.now();
    };
    peer.onconnectionstatechange = () => {
      if (peer !== this.#peer) return;
      if (peer.connectionState === 'connected') for (const line of this.#lines) line.release && line.connect();
      else if (peer.connectionState === 'failed') this.#abandon(BROKEN);
    };
    return peer;
  }

  /** The gateway says goodbye over DTLS, which the peer connection itself may report much later. */
  #watchGoodbye(peer: RTCPeerConnection): void {
    const dtls = peer.getTransceivers()[0]?.receiver.transport;
    if (!dtls) return;
    dtls.onstatechange = () => {
      if (dtls.state === 'connected')
        for (const { milestones } of this.#lines) milestones.dtlsConnected ??= performance.now();
      else if (dtls.state === 'closed' && peer === this.#peer) this.#abandon({ kind: 'broken', why: 'ended' });
    };
  }
}

function isNew({ transceivers }: PageLine): boolean {
  return transceivers.length === 0;
}

function tileOf({ mid, transceivers, request: { camera, quality, visit } }: PageLine): PageTile {
  const sound = transceivers[1]?.mid;
  return { mid, camera, quality, visit, ...(sound ? { sound } : {}) };
}

function addMedia(peer: RTCPeerConnection, withSound: boolean): readonly RTCRtpTransceiver[] {
  const video = peer.addTransceiver('video', { direction: 'recvonly' });
  // Codecs that the gateway never sends would only make every offer longer.
  video.setCodecPreferences?.(receivableVideo());
  const media = withSound ? [video, peer.addTransceiver('audio', { direction: 'recvonly' })] : [video];
  // The least delay that the network allows; Chromium otherwise starts with a cautious buffer.
  for (const { receiver } of media) if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
  return media;
}

/** Nothing comes on it any more. The first m-line carries the transport of all: whoever stops it stops the connection. */
function retire(transceiver: RTCRtpTransceiver, peer: RTCPeerConnection): void {
  if (peer.signalingState === 'closed') return;
  if (transceiver === peer.getTransceivers()[0]) transceiver.direction = 'inactive';
  else transceiver.stop();
}

function countLines(sdp: string, kind: RegExp): number {
  return sdp.match(kind)?.length ?? 0;
}
