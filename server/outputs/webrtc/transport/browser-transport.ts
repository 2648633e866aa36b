import { isIP } from 'node:net';
import type { Clock } from '../../../platform/clock.ts';
import { GatewayError } from '../../../platform/errors.ts';
import type { PacketRun } from '../../../protocols/srtp/packet-run.ts';
import { deriveSessionKeys } from '../../../protocols/srtp/session-keys.ts';
import type { SrtpMasterKey } from '../../../protocols/srtp/srtp-profile.ts';
import type { IceCandidate } from '../../../protocols/stun/ice-candidate.ts';
import type { BrowserOffer } from '../negotiation/browser-offer.ts';
import type { MediaChannel } from '../sending/rtp-sender.ts';
import type { SendPath } from '../sending/send-path.ts';
import type { DtlsEngine } from './dtls-engine.ts';
import type { DtlsSession } from './dtls-session.ts';
import { IceAgent, type IceCredentials } from './ice-agent.ts';
import type { IceRouter, RoutedBrowser } from './ice-router.ts';
import type { PacketPath } from './packet-path.ts';
import type { UdpPort } from './udp-port.ts';

/** An offer that has not led to a connection by then is given up. */
const CONNECT_WITHIN_MS = 10_000;
/**
 * A connected browser sends something about once a second: reports, checks, answers. If nothing else would show its end, a
 * browser that is silent for longer than a temporary network failure counts as gone. While its page is still connected, only
 * consent counts.
 */
const SILENT_FOR_MS = { none: 12_000, open: Number.POSITIVE_INFINITY, ended: 3500 } as const;
/** Media must not overtake the end of the handshake, because Chromium drops what it cannot decrypt yet, including the key frame. */
const SETTLE_MS = 10;
/** Later than the deadline for connecting, which has the better sentence. */
const GRACE_MS = 1000;
/** The limit of addresses of one viewer that we send checks to, so that the gateway cannot be used to attack others. */
const MOST_WAYS = 12;

/** What the signalling shows about a browser. `none` means that nothing would show its end. */
export type SignallingState = 'none' | 'open' | 'ended';

/** What all viewers' transports share. */
export type TransportParts = {
  readonly router: IceRouter;
  readonly udp: UdpPort;
  readonly sendPath: SendPath;
  readonly engine: DtlsEngine;
  readonly run: PacketRun;
  readonly clock: Clock;
};

export type TransportEvents = {
  connected(channel: MediaChannel): void;
  /** A compound packet in the clear. */
  rtcp(bytes: Uint8Array): void;
  closed(reason: GatewayError): void;
};

/** ICE, DTLS and SRTP keys of one viewer: from an offer to a channel that media can be sent through. */
export class BrowserTransport implements RoutedBrowser {
  readonly agent: IceAgent;
  readonly #parts: TransportParts;
  readonly #events: TransportEvents;
  readonly #dtls: DtlsSession;
  readonly #cancelDeadline: () => void;
  readonly #createdMs: number;
  #rtcpMs = 0;
  #cancelSettling: (() => void) | undefined;
  #channel: MediaChannel | undefined;
  #ways = 0;
  #isClosed = false;

  constructor(offer: BrowserOffer, parts: TransportParts, events: TransportEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#createdMs = this.#nowMs;
    const selected = (path: PacketPath) => {
      if (this.#channel) this.#channel.path = path;
    };
    this.agent = new IceAgent(offer.ice, { selected }, this.#createdMs);
    this.#dtls = parts.engine.open(offer, parts.sendPath.profiles, {
      send: (bytes) => this.agent.path?.sendPacket(bytes),
      connected: (master) => this.#settle(master),
      rtcp: (bytes) => {
        this.#rtcpMs = this.#nowMs;
        events.rtcp(bytes);
      },
      closed: (error) => this.#end(error),
    });
    parts.router.add(this);
    this.#cancelDeadline = parts.clock.after(CONNECT_WITHIN_MS, () => this.#end(neverConnected()));
    this.openWays(offer.candidates);
  }

  get isConnected(): boolean {
    return this.#channel !== undefined;
  }

  receive(bytes: Uint8Array): void {
    this.#dtls.receive(bytes);
  }

  sendRtcp(packet: Uint8Array): void {
    this.#dtls.sendRtcp(packet);
  }

  /** Opens the NAT on our side for the viewer's addresses. Names (mDNS) and TCP need no help, because the viewer connects to us. */
  openWays(candidates: readonly IceCandidate[]): void {
    for (const { transport, address, port } of candidates) {
      if (transport !== 'udp' || isIP(address) === 0 || port === 0 || this.#ways++ >= MOST_WAYS) continue;
      const path = this.#parts.udp.pathTo(address, port);
      if (path) this.agent.openWay(path);
    }
  }

  restartIce(remote: IceCredentials): void {
    this.agent.restart(remote);
    this.#parts.router.add(this);
  }

  /** When the browser's newest sign of life expires. Before it is connected, the deadline for connecting counts. */
  aliveUntilMs(signalling: SignallingState): number {
    if (!this.#channel) return this.#createdMs + CONNECT_WITHIN_MS + SETTLE_MS + GRACE_MS;
    const heardMs = Math.max(this.agent.heardMs, this.#rtcpMs);
    const silentForMs = SILENT_FOR_MS[this.#isLeft(signalling) ? 'ended' : signalling];
    return Math.min(heardMs + silentForMs, this.agent.consentUntilMs);
  }

  /** Must be called about once a second. */
  tick(nowMs: number, signalling: SignallingState): void {
    if (this.#channel) this.agent.check(nowMs, this.#isLeft(signalling));
  }

  /** May be called more than once. `closed` is not called. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelDeadline();
    this.#cancelSettling?.();
    this.#dtls.close();
    if (this.#channel) {
      this.#channel.isOpen = false;
      this.#channel.cipher.close();
    }
    this.#parts.router.remove(this);
  }

  get #nowMs(): number {
    return this.#parts.clock.nowUs() / 1000;
  }

  #isLeft(signalling: SignallingState): boolean {
    return signalling === 'ended' || !this.agent.path;
  }

  #settle(master: SrtpMasterKey): void {
    this.#cancelDeadline();
    this.#cancelSettling = this.#parts.clock.after(SETTLE_MS, () => {
      const { run, sendPath } = this.#parts;
      const cipher = sendPath.createCipher(deriveSessionKeys(master));
      this.#channel = { run, cipher, path: this.agent.path, isOpen: true };
      this.#events.connected(this.#channel);
    });
  }

  #end(reason: GatewayError): void {
    if (this.#isClosed) return;
    this.close();
    this.#events.closed(reason);
  }
}

function neverConnected(): GatewayError {
  return new GatewayError(
    'viewer-lost',
    'The browser and the gateway found no way to each other within 10 s. Check that the WebRTC port is open, or set a TURN server.',
  );
}
