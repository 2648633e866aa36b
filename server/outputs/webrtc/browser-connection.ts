import { randomInt, randomUUID } from 'node:crypto';
import { ReplayPace } from '../../media/catch-up/replay-pace.ts';
import { parseRtcpPackets } from '../../media/rtp/rtcp-packet.ts';
import { GatewayError } from '../../platform/errors.ts';
import { type IceCandidate, serializeIceCandidate } from '../../protocols/stun/ice-candidate.ts';
import type { CameraLine } from './camera-line.ts';
import { inOrderOf } from './negotiation/answer-media.ts';
import { type BrowserOffer, badOffer, isWanted } from './negotiation/browser-offer.ts';
import { serializeAnswer } from './negotiation/sdp-answer.ts';
import type { MediaChannel } from './sending/rtp-sender.ts';
import { BrowserTransport, type SignallingState, type TransportParts } from './transport/browser-transport.ts';
import { parseIceFragment } from './transport/ice-fragment.ts';
import { isLanAddress } from './transport/lan-address.ts';

const REPORT_EVERY_MS = 1000;
/** A connection whose last line was ended waits so long for another: the page may be about to open one. */
const EMPTY_FOR_MS = 2000;

export type BrowserConnectionParts = TransportParts & {
  readonly candidates: readonly IceCandidate[];
  /** No further offer can bring another line: it ends with the only one. */
  readonly isSingle: boolean;
  /** Called once, whoever ended it. */
  gone(): void;
};

/**
 * One peer connection of a browser: one ICE and DTLS transport for any number of cameras, each a line on m-lines of its own.
 * The browser offers, as often as what it watches changes; each line is a viewer of its own, ended alone.
 */
export class BrowserConnection {
  /** Not to be guessed: whoever knows it is the page that opened it, or that page on its next socket. */
  readonly id = randomUUID();
  readonly #candidates: readonly IceCandidate[];
  readonly #transport: BrowserTransport;
  readonly #fingerprint: string;
  readonly #sessionId = randomInt(2 ** 47).toString();
  readonly #lines = new Map<string, CameraLine>();
  readonly #isSingle: boolean;
  readonly #gone: () => void;
  #signaller: object | undefined;
  #signalling: SignallingState = 'none';
  #channel: { readonly channel: MediaChannel; readonly pace: ReplayPace } | undefined;
  #answers = 0;
  #reportedMs = 0;
  #emptySinceMs: number | undefined;
  #isClosed = false;

  constructor(offer: BrowserOffer, parts: BrowserConnectionParts) {
    this.#candidates = parts.candidates;
    this.#fingerprint = parts.engine.fingerprint;
    this.#isSingle = parts.isSingle;
    this.#gone = parts.gone;
    this.#transport = new BrowserTransport(offer, parts, {
      connected: (channel) => this.#connect(channel),
      rtcp: (bytes) => this.#takeRtcp(bytes),
      closed: (reason) => this.end(reason),
    });
  }

  /** By the mid that each is known by. */
  get lines(): ReadonlyMap<string, CameraLine> {
    return this.#lines;
  }

  get isConnected(): boolean {
    return this.#transport.isConnected;
  }

  get roundTripMs(): number | undefined {
    return this.#transport.agent.roundTripMs;
  }

  /** How it is reached: `tcp` where UDP does not get through. */
  get transport(): 'udp' | 'tcp' | undefined {
    return this.#transport.agent.path?.transport;
  }

  /** Our part of the credentials, new after each ICE restart. */
  get localUfrag(): string {
    return this.#transport.agent.local.ufrag;
  }

  /** The browser is heard of through this now: its end says something about the browser. */
  signalledBy(signaller: object): void {
    this.#signaller = signaller;
    this.#signalling = 'open';
  }

  /** Pictures go on while the browser is heard: it may only be on its way to another socket. */
  signallerLeft(signaller: object): void {
    if (this.#signaller === signaller) this.#signalling = 'ended';
  }

  /** Until when what the browser proved is good. */
  get aliveUntilMs(): number {
    return this.#transport.aliveUntilMs(this.#signalling);
  }

  /** Ends the lines that a further offer does not want any more. Throws when the offer is no good; everything is as before then. */
  take(offer: BrowserOffer): void {
    if (offer.ice.ufrag !== this.#transport.agent.remoteUfrag) throw badOffer('it is of another connection');
    const byMid = new Map(offer.media.map((media) => [media.mid, media]));
    for (const [mid, line] of [...this.#lines]) if (!isWanted(byMid.get(mid))) line.close();
  }

  add(line: CameraLine): void {
    if (this.#isClosed) line.close();
    if (this.#lines.has(line.mid)) line.end(badOffer('an m-line carries one camera'));
    if (line.ended) return;
    this.#lines.set(line.mid, line);
    if (this.#channel) line.connect(this.#channel.channel, this.#channel.pace);
  }

  answer(offer: BrowserOffer): string {
    // Without the first answer nothing could connect; only further ones need the browser's word that it has taken them.
    if (this.#answers === 0) this.confirm();
    return serializeAnswer(offer, {
      sessionId: this.#sessionId,
      fingerprint: this.#fingerprint,
      candidates: this.#candidates,
      version: ++this.#answers,
      ice: this.#transport.agent.local,
      media: inOrderOf(
        offer,
        [...this.#lines.values()].flatMap((line) => line.answered),
      ),
    });
  }

  /** The browser has taken the last answer. */
  confirm(): void {
    for (const line of this.#lines.values()) line.confirm();
  }

  /** A candidate line, or an SDP fragment (RFC 8840) with any number of them. */
  addCandidates(text: string): void {
    if (!this.#isClosed) this.#transport.openWays(parseIceFragment(text).candidates);
  }

  /** Answers a fragment with new credentials (an ICE restart) by one with ours; undefined when they are not new. */
  restartIce(fragment: string): string | undefined {
    const { ice, candidates } = parseIceFragment(fragment);
    if (!ice || ice.ufrag === this.#transport.agent.remoteUfrag || this.#isClosed) return undefined;
    this.#transport.restartIce(ice);
    this.#transport.openWays(candidates);
    const { ufrag, password } = this.#transport.agent.local;
    const lines = [
      ...[`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${password}`, 'a=ice-lite'],
      ...this.#candidates.map((candidate) => `a=${serializeIceCandidate(candidate)}`),
      'a=end-of-candidates',
    ];
    return `${lines.join('\r\n')}\r\n`;
  }

  forget(line: CameraLine, reason: GatewayError): void {
    if (this.#lines.get(line.mid) !== line) return;
    this.#lines.delete(line.mid);
    if (this.#isSingle) this.end(reason);
  }

  /** Call about once a second: checks and sender reports. */
  tick(nowMs: number): void {
    this.#transport.tick(nowMs, this.#signalling);
    this.#emptySinceMs = this.#lines.size > 0 ? undefined : (this.#emptySinceMs ?? nowMs);
    if (nowMs - (this.#emptySinceMs ?? nowMs) >= EMPTY_FOR_MS) this.close();
    if (this.#isClosed || nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = nowMs;
    for (const line of this.#lines.values()) for (const report of line.reports()) this.#transport.sendRtcp(report);
  }

  close(): void {
    this.end(new GatewayError('viewer-lost', 'The viewer left.'));
  }

  /** All its lines end with it. Idempotent. */
  end(reason: GatewayError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const line of [...this.#lines.values()]) line.end(reason);
    this.#transport.close();
    this.#gone();
  }

  #connect(channel: MediaChannel): void {
    const pace = new ReplayPace(isLanAddress(channel.path?.address ?? '127.0.0.1'));
    this.#channel = { channel, pace };
    for (const line of this.#lines.values()) line.connect(channel, pace);
  }

  #takeRtcp(bytes: Uint8Array): void {
    const packets = parseRtcpPackets(bytes);
    for (const line of this.#lines.values()) line.takeRtcp(packets);
  }
}
