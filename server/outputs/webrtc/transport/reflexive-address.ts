import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { Clock } from '../../../platform/clock.ts';
import { parseMappedAddress } from '../../../protocols/stun/stun-address.ts';
import { STUN_TYPE, type StunMessage, serializeStunMessage } from '../../../protocols/stun/stun-message.ts';
import type { ConfiguredIceServer } from './turn-credentials.ts';

/** Often enough that a home router does not forget the mapping (RFC 8445 clause 11 says 15 s, routers keep 30 and more). */
const ASK_EVERY_MS = 20_000;
/** After two missed answers, the known address is no longer valid. */
const FORGET_AFTER_MS = 50_000;
const DEFAULT_PORT = 3478;

export type MappedAddress = { readonly address: string; readonly port: number };

type SendPacket = (bytes: Uint8Array, address: string, port: number) => void;

/**
 * Our UDP port as the internet sees it, according to a configured STUN server. Without one nobody is asked. The request is sent
 * from the port that viewers use, because they need the NAT mapping of that port.
 */
export class ReflexiveAddress {
  readonly #server: { readonly host: string; readonly port: number };
  readonly #send: SendPacket;
  readonly #clock: Clock;
  #mapped: (MappedAddress & { readonly atUs: number }) | undefined;
  #asked: Buffer | undefined;
  #cancel: (() => void) | undefined;
  #isClosed = false;

  private constructor(server: { host: string; port: number }, send: SendPacket, clock: Clock) {
    this.#server = server;
    this.#send = send;
    this.#clock = clock;
    void this.#ask();
  }

  /** Undefined when no STUN server is configured. */
  static start(servers: readonly ConfiguredIceServer[], send: SendPacket, clock: Clock): ReflexiveAddress | undefined {
    const urls = servers.flatMap(({ urls }) => urls);
    const server = urls.map(parseStunUrl).find((parsed) => parsed !== undefined);
    return server && new ReflexiveAddress(server, send, clock);
  }

  get mapped(): MappedAddress | undefined {
    const mapped = this.#mapped;
    return mapped && this.#clock.nowUs() - mapped.atUs < FORGET_AFTER_MS * 1000 ? mapped : undefined;
  }

  /** A response that no viewer's agent was waiting for. */
  take(response: StunMessage): void {
    if (!this.#asked?.equals(response.transactionId)) return;
    this.#asked = undefined;
    const mapped = parseMappedAddress(response);
    if (mapped?.address.length !== 4) return;
    this.#mapped = { address: mapped.address.join('.'), port: mapped.port, atUs: this.#clock.nowUs() };
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }

  async #ask(): Promise<void> {
    const transactionId = randomBytes(12);
    this.#asked = transactionId;
    // A name that cannot be resolved now may be in a while.
    const found = await lookup(this.#server.host, { family: 4 }).catch(() => undefined);
    if (this.#isClosed) return;
    const request = { type: STUN_TYPE.bindingRequest, transactionId, attributes: [] };
    if (found) this.#send(serializeStunMessage(request), found.address, this.#server.port);
    this.#cancel = this.#clock.after(ASK_EVERY_MS, () => void this.#ask());
  }
}

/** `stun:HOST[:PORT]` of RFC 7064; undefined for anything else. */
function parseStunUrl(url: string): { host: string; port: number } | undefined {
  const [, host, port] = /^stun:([^:?]+)(?::(\d+))?$/i.exec(url) ?? [];
  return host === undefined ? undefined : { host, port: Number(port ?? DEFAULT_PORT) };
}
