import { GatewayError } from '../../../platform/errors.ts';
import {
  isStun,
  parseStunMessage,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  type StunMessage,
  stunAttribute,
} from '../../../protocols/stun/stun-message.ts';
import type { IceAgent } from './ice-agent.ts';
import type { PacketPath } from './packet-path.ts';

/** Where a packet came from. It becomes a path only when the sender has proved a password. */
export type PacketOrigin = { readonly key: string; open(): PacketPath };

/** One viewer's end of the shared ports. */
export type RoutedBrowser = {
  readonly agent: IceAgent;
  /** Called with DTLS and SRTCP packets. The viewer may keep the bytes. */
  receive(bytes: Uint8Array): void;
};

/**
 * Passes packets of the shared UDP and TCP ports to their viewers. The viewer of a binding request is found by the local fragment
 * in its USERNAME, and the request is dropped unless it proves the password. Other packets are matched by an address that has
 * proved the password.
 */
export class IceRouter {
  readonly counts = { unauthenticated: 0, unrouted: 0 };
  /** Called with responses from addresses without a viewer, which come from a STUN server. */
  onStrayResponse: ((response: StunMessage) => void) | undefined;
  readonly #nowMs: () => number;
  readonly #byUfrag = new Map<string, RoutedBrowser>();
  readonly #byPath = new Map<string, { readonly viewer: RoutedBrowser; readonly path: PacketPath }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Call again after an ICE restart. */
  add(viewer: RoutedBrowser): void {
    for (const ufrag of viewer.agent.ufrags) this.#byUfrag.set(ufrag, viewer);
  }

  remove(viewer: RoutedBrowser): void {
    for (const ufrag of viewer.agent.ufrags) this.#byUfrag.delete(ufrag);
    for (const [key, entry] of this.#byPath) if (entry.viewer === viewer) this.#byPath.delete(key);
  }

  /** Whether the packet belonged to anybody. */
  receive(bytes: Uint8Array, origin: PacketOrigin): boolean {
    const known = this.#byPath.get(origin.key);
    if (!isStun(bytes)) {
      if (known) known.viewer.receive(bytes);
      else this.counts.unrouted++;
      return known !== undefined;
    }
    const message = parseQuietly(bytes);
    if (message?.type === STUN_TYPE.bindingRequest) return this.#takeRequest(bytes, message, origin);
    if (message?.type === STUN_TYPE.bindingSuccess) {
      if (known) known.viewer.agent.takeResponse(bytes, message, this.#nowMs());
      else this.onStrayResponse?.(message);
    }
    return known !== undefined;
  }

  /** A TCP connection closed. */
  losePath(key: string): void {
    this.#byPath.get(key)?.viewer.agent.losePath(key);
    this.#byPath.delete(key);
  }

  get size(): number {
    return this.#byUfrag.size + this.#byPath.size;
  }

  #takeRequest(bytes: Uint8Array, request: StunMessage, origin: PacketOrigin): boolean {
    const username = Buffer.from(stunAttribute(request, STUN_ATTRIBUTE.username) ?? []).toString('latin1');
    const ufrag = username.slice(0, username.indexOf(':'));
    const viewer = this.#byUfrag.get(ufrag);
    if (!viewer?.agent.isAuthentic(bytes, request, ufrag)) {
      this.counts.unauthenticated++;
      return false;
    }
    const known = this.#byPath.get(origin.key);
    const path = known?.viewer === viewer ? known.path : origin.open();
    this.#byPath.set(origin.key, { viewer, path });
    viewer.agent.takeRequest(request, ufrag, path, this.#nowMs());
    return true;
  }
}

/** Anybody may send anything to an open port. Packets that are not STUN are dropped silently. */
function parseQuietly(bytes: Uint8Array): StunMessage | undefined {
  try {
    return parseStunMessage(bytes);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}
