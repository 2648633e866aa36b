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
/** A connection whose last line was ended waits this long for another, because the page may be about to open one. */
const EMPTY_FOR_MS = 2000;

export type BrowserConnectionParts = TransportParts & {
  readonly candidates: readonly IceCandidate[];
  /** True when no further offer can bring another line. The connection then ends with its only line. */
  readonly isSingle: boolean;
  /** Called once, whoever ended it. */
  gone(): void;
};

/**
 * One peer connection of a browser: one ICE and DTLS transport for any number of cameras. Each camera is a line with its own
 * m-lines. The browser makes a new offer whenever its cameras change. Each line is a viewer and can be ended separately.
 */
export class BrowserConnection {
  /** An id that cannot be guessed. Only the page that opened the connection knows it, also on its next socket. */
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

  /** The lines, by the mid that identifies each. */
  get lines(): ReadonlyMap<string, CameraLine> {
    return this.#lines;
  }

  get isConnected(): boolean {
    return this.#transport.isConnected;
  }

  get roundTripMs(): number | undefined {
    return this.#transport.agent.roundTripMs;
  }

  /** The transport to the browser: `tcp` when UDP does not get through. */
  get transport(): 'udp' | 'tcp' | undefined {
    return this.#transport.agent.path?.transport;
  }

  /** Our part of the credentials, new after each ICE restart. */
  get localUfrag(): string {
    return this.#transport.agent.local.ufrag;
  }

  /** The page's present signalling channel. When it ends, the page may be gone. */
  signalledBy(signaller: object): void {
    this.#signaller = signaller;
    this.#signalling = 'open';
  }

  /** Pictures continue while the browser sends packets, because the page may only be changing to another socket. */
  signallerLeft(signaller: object): void {
    if (this.#signaller === signaller) this.#signalling = 'ended';
  }

  /** When the browser's newest sign of life expires. */
  get aliveUntilMs(): number {
    return this.#transport.aliveUntilMs(this.#signalling);
  }

  /** Ends the lines that a further offer does not contain any more. Throws for an invalid offer and then changes nothing. */
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
    // Nothing can connect without the first answer, so only later answers need the browser's confirmation.
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

  /** Must be called when the browser has applied the last answer. */
  confirm(): void {
    for (const line of this.#lines.values()) line.confirm();
  }

  /** A candidate line, or an SDP fragment (RFC 8840) with any number of them. */
  addCandidates(text: string): void {
    if (!this.#isClosed) this.#transport.openWays(parseIceFragment(text).candidates);
  }

  /** Answers a fragment with new credentials (an ICE restart) with our credentials. Undefined when they are not new. */
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

  /** Must be called about once a second, for checks and sender reports. */
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

  /** Ends the connection and all its lines. It may be called more than once. */
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
