import { randomInt, randomUUID } from 'node:crypto';
import { parseRtcpPackets } from '../../media/rtp/rtcp-packet.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { IceCandidate } from '../../protocols/stun/ice-candidate.ts';
import { answerSilence, answerTile } from './negotiation/answer-media.ts';
import { type BrowserOffer, badOffer, type OfferedMedia } from './negotiation/browser-offer.ts';
import { type AnsweredMedia, serializeAnswer } from './negotiation/viewer-answer.ts';
import type { PageLine } from './page-line.ts';
import { ReplayPace } from './sending/replay-pace.ts';
import type { ViewerChannel } from './sending/rtp-sender.ts';
import { parseIceFragment } from './transport/ice-fragment.ts';
import { type TransportParts, ViewerTransport } from './transport/viewer-transport.ts';

const REPORT_EVERY_MS = 1000;
/** A connection whose last tile was ended waits so long for another: the page may be about to open one. */
const EMPTY_FOR_MS = 2000;

/** A tile's wish, and the m-line that it is to come on. */
export type TileRequest<Tile> = { readonly mid: string; readonly tile: Tile };
export type TileOutcome = { readonly mid: string } & ({ readonly line: PageLine } | { readonly error: GatewayError });

/**
 * One browser page that watches many cameras over one ICE and DTLS transport, each on an m-line of its own. The page offers,
 * as often as its tiles change; each tile is a viewer of its own, refused alone and ended alone.
 */
export class PageConnection {
  /** Not to be guessed: whoever knows it is the page that opened it, or that page on its next socket. */
  readonly id = randomUUID();
  readonly #candidates: readonly IceCandidate[];
  readonly #transport: ViewerTransport;
  readonly #fingerprint: string;
  readonly #sessionId = randomInt(2 ** 47).toString();
  readonly #lines = new Map<string, PageLine>();
  readonly #gone: () => void;
  #channel: { readonly channel: ViewerChannel; readonly pace: ReplayPace } | undefined;
  #answers = 0;
  #reportedMs = 0;
  #emptySinceMs: number | undefined;
  #isClosed = false;

  constructor(
    offer: BrowserOffer,
    parts: TransportParts & { readonly candidates: readonly IceCandidate[]; gone(): void },
  ) {
    this.#candidates = parts.candidates;
    this.#fingerprint = parts.engine.fingerprint;
    this.#gone = parts.gone;
    this.#transport = new ViewerTransport(offer, parts, {
      connected: (channel) => this.#connect(channel),
      rtcp: (bytes) => this.#takeRtcp(bytes),
      closed: (reason) => this.end(reason),
    });
  }

  get lines(): ReadonlyMap<string, PageLine> {
    return this.#lines;
  }

  get roundTripMs(): number | undefined {
    return this.#transport.agent.roundTripMs;
  }

  /** Answers an offer in which tiles came or went. Throws when the offer itself is no good; everything is as before then. */
  negotiate<Tile>(
    offer: BrowserOffer,
    tiles: readonly TileRequest<Tile>[],
    open: (tile: Tile, media: AnsweredMedia) => PageLine,
  ): { readonly answer: string; readonly tiles: readonly TileOutcome[] } {
    const byMid = new Map(offer.media.map((media) => [media.mid, media]));
    if (byMid.size < offer.media.length) throw badOffer('two of its media have the same mid');
    if (offer.ice.ufrag !== this.#transport.agent.remoteUfrag) throw badOffer('it is of another connection');
    for (const [mid, line] of [...this.#lines]) if (!isWanted(byMid.get(mid))) line.close();
    const outcomes = tiles.map(({ mid, tile }) => this.#open(mid, byMid.get(mid), (media) => open(tile, media)));
    const answer = serializeAnswer(offer, {
      ...{ sessionId: this.#sessionId, fingerprint: this.#fingerprint, candidates: this.#candidates },
      version: ++this.#answers,
      ice: this.#transport.agent.local,
      media: offer.media.map((media) => this.#answered(media)),
    });
    return { answer, tiles: outcomes };
  }

  /** The browser has taken the last answer. The first needs no such word: without it nothing could connect. */
  confirm(): void {
    for (const line of this.#lines.values()) line.confirm();
  }

  addCandidate(text: string): void {
    if (!this.#isClosed) this.#transport.openWays(parseIceFragment(text).candidates);
  }

  forget(line: PageLine): void {
    const mid = line.answered.media.mid;
    if (this.#lines.get(mid) === line) this.#lines.delete(mid);
  }

  /** Call about once a second: liveness and sender reports. */
  tick(nowMs: number): void {
    this.#transport.tick(nowMs);
    this.#emptySinceMs = this.#lines.size > 0 ? undefined : (this.#emptySinceMs ?? nowMs);
    if (nowMs - (this.#emptySinceMs ?? nowMs) >= EMPTY_FOR_MS) this.close();
    if (this.#isClosed || nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = nowMs;
    for (const line of this.#lines.values()) for (const report of line.reports()) this.#transport.sendRtcp(report);
  }

  close(): void {
    this.end(new GatewayError('viewer-lost', 'The viewer left.'));
  }

  /** All its tiles end with it. Idempotent. */
  end(reason: GatewayError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const line of [...this.#lines.values()]) line.end(reason);
    this.#transport.close();
    this.#gone();
  }

  #open(mid: string, media: OfferedMedia | undefined, open: (media: AnsweredMedia) => PageLine): TileOutcome {
    try {
      if (!isWanted(media) || this.#lines.has(mid)) {
        throw new GatewayError('bad-request', 'The offer has no free video for this tile.');
      }
      const answered = answerTile(media);
      if (answered.choices.length === 0) {
        throw new GatewayError('no-common-codec', 'This browser receives neither H.264 nor H.265 over WebRTC.');
      }
      const line = open(answered);
      this.#lines.set(mid, line);
      if (this.#channel) line.connect(this.#channel.channel, this.#channel.pace);
      if (this.#answers === 0) line.confirm();
      return { mid, line };
    } catch (error) {
      return { mid, error: asGatewayError(error, 'internal') };
    }
  }

  #answered(media: OfferedMedia): AnsweredMedia | undefined {
    if (media.isStopped) return undefined;
    return this.#lines.get(media.mid)?.answered ?? answerSilence(media);
  }

  #connect(channel: ViewerChannel): void {
    const pace = new ReplayPace(channel.path);
    this.#channel = { channel, pace };
    for (const line of this.#lines.values()) line.connect(channel, pace);
  }

  #takeRtcp(bytes: Uint8Array): void {
    const packets = parseRtcpPackets(bytes);
    for (const line of this.#lines.values()) line.takeRtcp(packets);
  }
}

function isWanted(media: OfferedMedia | undefined): media is OfferedMedia {
  return media !== undefined && media.kind === 'video' && media.receives && !media.isStopped;
}
