import { randomBytes } from 'node:crypto';
import { serializeXorMappedAddress } from '../../../protocols/stun/stun-address.ts';
import {
  STUN_ATTRIBUTE,
  STUN_TYPE,
  type StunMessage,
  serializeStunMessage,
  stunAttribute,
  verifyStunIntegrity,
} from '../../../protocols/stun/stun-message.ts';
import { addressBytes } from '../native/socket-address.ts';
import type { PacketPath } from './packet-path.ts';

export type IceCredentials = { readonly ufrag: string; readonly password: string };

/** Consent expires this long after the last answer (RFC 7675 clause 5.1). */
export const CONSENT_LASTS_MS = 30_000;
/** The time between two checks. It varies by a fifth, so that the checks of many viewers do not come at the same time. */
const CHECK_EVERY_MS = 5000;
/** How often a check without an answer is sent, because a few lost packets do not mean a lost viewer. */
const SENDS_PER_CHECK = 4;
/** Type preference of a peer-reflexive candidate: RFC 8445 clause 7.1.1. */
const CHECK_PRIORITY = Uint8Array.of(110, 255, 255, 255);

export type IceAgentEvents = {
  /** The viewer nominated a path, the first time or another one. */
  selected(path: PacketPath): void;
};

/**
 * The gateway's end of ICE for one viewer (RFC 8445). It is lite: the browser checks all pairs and nominates one. The last
 * nomination counts, so a viewer may move from Wi-Fi to mobile. Our own checks open a NAT on our side, renew consent (RFC 7675:
 * media is only sent to somebody who answers with the password) and measure the round trip.
 */
export class IceAgent {
  /** 96 and 144 random bits; RFC 8445 asks for 24 and 128. */
  local: IceCredentials = newCredentials();
  roundTripMs: number | undefined;
  readonly #events: IceAgentEvents;
  readonly #tieBreaker = randomBytes(8);
  /** Credentials of earlier generations stay valid: after an ICE restart the old path is used until a new one is nominated. */
  readonly #passwords = new Map<string, string>();
  #remote: IceCredentials;
  #selected: PacketPath | undefined;
  /** Where the last authentic request came from. It is used until the first nomination. */
  #latest: PacketPath | undefined;
  /** Only packets that prove the password change these two, and nothing resets them. */
  #consentMs: number;
  #heardMs: number;
  #nextCheckMs = 0;
  #pending: { readonly id: Buffer; readonly atMs: number; sends: number } | undefined;

  constructor(remote: IceCredentials, events: IceAgentEvents, nowMs: number) {
    this.#remote = remote;
    this.#events = events;
    this.#consentMs = nowMs;
    this.#heardMs = nowMs;
    this.#passwords.set(this.local.ufrag, this.local.password);
  }

  /** The path to send to now. */
  get path(): PacketPath | undefined {
    return this.#selected ?? this.#latest;
  }

  /** Media may be sent until then, or longer when a check is answered. */
  get consentUntilMs(): number {
    return this.#consentMs + CONSENT_LASTS_MS;
  }

  /** When the viewer last proved in any way that it knows a password. */
  get heardMs(): number {
    return this.#heardMs;
  }

  get remoteUfrag(): string {
    return this.#remote.ufrag;
  }

  get ufrags(): IterableIterator<string> {
    return this.#passwords.keys();
  }

  /** Makes new credentials for both sides. Meanwhile media continues over the present path. */
  restart(remote: IceCredentials): void {
    this.#remote = remote;
    this.local = newCredentials();
    this.#passwords.set(this.local.ufrag, this.local.password);
  }

  /** Whether this request knows the password of the fragment it names. */
  isAuthentic(bytes: Uint8Array, request: StunMessage, ufrag: string): boolean {
    const password = this.#passwords.get(ufrag);
    return password !== undefined && verifyStunIntegrity(bytes, request, password);
  }

  /** An authentic binding request: answered, and obeyed when it nominates. */
  takeRequest(request: StunMessage, ufrag: string, path: PacketPath, nowMs: number): void {
    const from = { address: addressBytes(path.address), port: path.port };
    const value = serializeXorMappedAddress(from, request.transactionId);
    const attributes = [{ type: STUN_ATTRIBUTE.xorMappedAddress, value }];
    const response = { type: STUN_TYPE.bindingSuccess, transactionId: request.transactionId, attributes };
    path.sendPacket(serializeStunMessage(response, this.#passwords.get(ufrag)));
    this.#latest = path;
    this.#heardMs = nowMs;
    if (stunAttribute(request, STUN_ATTRIBUTE.useCandidate) && path.key !== this.#selected?.key) {
      this.#selected = path;
      this.#consentMs = nowMs;
      this.#nextCheckMs = 0;
      this.#events.selected(path);
    }
  }

  takeResponse(bytes: Uint8Array, response: StunMessage, nowMs: number): void {
    const pending = this.#pending;
    if (!pending?.id.equals(response.transactionId)) return;
    if (!verifyStunIntegrity(bytes, response, this.#remote.password)) return;
    this.#pending = undefined;
    this.#consentMs = nowMs;
    this.#heardMs = nowMs;
    // It is not known to which of several checks the answer belongs.
    if (pending.sends === 1) this.roundTripMs = nowMs - pending.atMs;
  }

  /** Call about once a second: sends what is due. `isUrgent`: somebody doubts that the viewer is there. */
  check(nowMs: number, isUrgent: boolean): void {
    const { path } = this;
    if (!path) return;
    if (nowMs >= this.#nextCheckMs || isUrgent) {
      this.#nextCheckMs = nowMs + CHECK_EVERY_MS * (0.8 + Math.random() * 0.4);
      this.#pending = { id: randomBytes(12), atMs: nowMs, sends: 0 };
    }
    if (!this.#pending || this.#pending.sends >= SENDS_PER_CHECK) return;
    this.#pending.sends++;
    path.sendPacket(this.#check(this.#pending.id));
  }

  /** Sends a check to an address that the viewer named, which opens the NAT or firewall on our side for the viewer's own checks. */
  openWay(path: PacketPath): void {
    path.sendPacket(this.#check(randomBytes(12)));
  }

  /** The connection behind a path ended. */
  losePath(key: string): void {
    if (this.#selected?.key === key) this.#selected = undefined;
    if (this.#latest?.key === key) this.#latest = undefined;
  }

  #check(transactionId: Uint8Array): Uint8Array {
    const username = Buffer.from(`${this.#remote.ufrag}:${this.local.ufrag}`);
    const attributes = [
      { type: STUN_ATTRIBUTE.username, value: username },
      { type: STUN_ATTRIBUTE.priority, value: CHECK_PRIORITY },
      { type: STUN_ATTRIBUTE.iceControlled, value: this.#tieBreaker },
    ];
    return serializeStunMessage({ type: STUN_TYPE.bindingRequest, transactionId, attributes }, this.#remote.password);
  }
}

/** Base64's letters are exactly the ice-char of RFC 8839. */
function newCredentials(): IceCredentials {
  return { ufrag: randomBytes(12).toString('base64'), password: randomBytes(18).toString('base64') };
}
