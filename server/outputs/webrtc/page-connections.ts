import type { Quality } from '../../../shared/camera.ts';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import { MOST_PAGE_LINES } from '../../../shared/page-connection.ts';
import { allowedQuality, type Principal, viewerRights } from '../../auth/principal.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Right } from '../../hub/right.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { PacketMemory } from '../../protocols/srtp/packet-run.ts';
import type { IceCandidate } from '../../protocols/stun/ice-candidate.ts';
import { type BrowserOffer, parseBrowserOffer } from './negotiation/browser-offer.ts';
import type { AnsweredMedia } from './negotiation/viewer-answer.ts';
import { PageConnection, type TileOutcome, type TileRequest } from './page-connection.ts';
import { PageLine } from './page-line.ts';
import type { StreamFeeds } from './sending/stream-feeds.ts';
import type { TransportParts } from './transport/viewer-transport.ts';

/** Chromium's m-lines are 2.2 KB each with its H.264 profiles, 2.9 KB with H.265 as well. */
const OFFER_LIMITS = { maxBytes: 240_000, maxMedia: MOST_PAGE_LINES };

export type WatchedTile = {
  readonly camera: CameraId;
  readonly quality: Quality;
  /** The caller, as this tile's player. */
  readonly principal: Principal;
};

export type PageOfferRequest = {
  /** Absent for the page's first offer. */
  readonly connection?: string;
  readonly offer: string;
  /** Those that are new in this offer. Already checked by the caller: the principal may view their cameras. */
  readonly tiles: readonly TileRequest<WatchedTile>[];
  /** The caller, whose connection it is. */
  readonly principal: Principal;
  readonly address?: string;
  /** Called once for each of these tiles, whoever ended it. */
  ended(viewer: ViewerId, reason: GatewayError): void;
};

export type PageAnswered = {
  readonly connection: string;
  readonly answer: string;
  readonly tiles: readonly TileOutcome[];
};

export type PageConnectionsParts = {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly feeds: StreamFeeds;
  readonly scratch: PacketMemory;
  /** Loads what a transport needs; rejects when the gateway is stopping. */
  transport(): Promise<TransportParts>;
  candidates(address: string | undefined): readonly IceCandidate[];
};

type Owned = { readonly connection: PageConnection; readonly owner: Right };

/** The connections of pages with many tiles, and who opened them. */
export class PageConnections {
  readonly #parts: PageConnectionsParts;
  readonly #connections = new Map<string, Owned>();
  readonly #gone = { sent: 0, retransmitted: 0 };

  constructor(parts: PageConnectionsParts) {
    this.#parts = parts;
  }

  /** Throws `not-found` for a connection that is over: the page then opens another. */
  async negotiate(request: PageOfferRequest): Promise<PageAnswered> {
    const offer = parseBrowserOffer(request.offer, OFFER_LIMITS);
    const known = request.connection === undefined ? undefined : this.#own(request.connection, request.principal);
    const connection = known ?? (await this.#create(offer, request));
    try {
      const open = (tile: WatchedTile, media: AnsweredMedia) => this.#openLine(connection, tile, media, request);
      return { connection: connection.id, ...connection.negotiate(offer, request.tiles, open) };
    } finally {
      // Who was refused everything holds nothing.
      if (!known && connection.lines.size === 0) connection.close();
    }
  }

  confirm(id: string, principal: Principal): void {
    this.#own(id, principal).confirm();
  }

  addCandidate(id: string, principal: Principal, candidate: string): void {
    this.#own(id, principal).addCandidate(candidate);
  }

  line(viewer: ViewerId): PageLine | undefined {
    for (const line of this.#lines()) if (line.id === viewer) return line;
    return undefined;
  }

  get viewers(): number {
    let viewers = 0;
    for (const { connection } of this.#connections.values()) viewers += connection.lines.size;
    return viewers;
  }

  get packets(): { readonly sent: number; readonly retransmitted: number } {
    const total = { ...this.#gone };
    for (const line of this.#lines()) add(total, line.packets);
    return total;
  }

  get all(): readonly PageConnection[] {
    return [...this.#connections.values()].map(({ connection }) => connection);
  }

  end(reason: GatewayError): void {
    for (const connection of this.all) connection.end(reason);
  }

  async #create(offer: BrowserOffer, { principal, address }: PageOfferRequest): Promise<PageConnection> {
    const transport = await this.#parts.transport();
    const candidates = this.#parts.candidates(address);
    const gone = () => {
      leaveRight();
      this.#connections.delete(connection.id);
    };
    const connection: PageConnection = new PageConnection(offer, { ...transport, candidates, gone });
    this.#connections.set(connection.id, { connection, owner: principal.right });
    const leaveRight = principal.right.onEnd((reason) => connection.end(reason));
    return connection;
  }

  #own(id: string, principal: Principal): PageConnection {
    const found = this.#connections.get(id);
    if (found?.owner === principal.right) return found.connection;
    throw new GatewayError('not-found', 'This connection is over.');
  }

  #openLine(
    connection: PageConnection,
    { camera, quality, principal }: WatchedTile,
    media: AnsweredMedia,
    { address, ended }: PageOfferRequest,
  ): PageLine {
    const { hub, feeds, scratch, clock } = this.#parts;
    let line: PageLine | undefined;
    const watch = hub.watch(camera, allowedQuality(principal, quality), {
      kind: 'webrtc',
      ...viewerRights(principal),
      ...(address === undefined ? {} : { address }),
      statistics: () => line?.statistics(connection.roundTripMs) ?? {},
      end: (reason) => line?.end(reason),
    });
    const feed = feeds.of(watch.stream);
    const gone = (over: PageLine, reason: GatewayError) => {
      add(this.#gone, over.packets);
      feeds.release(watch.stream, over.feedViewer);
      connection.forget(over);
      ended(over.id, reason);
    };
    line = new PageLine({ watch, feed, media, scratch, clock, gone });
    return line;
  }

  *#lines(): Generator<PageLine> {
    for (const { connection } of this.#connections.values()) yield* connection.lines.values();
  }
}

function add(total: { sent: number; retransmitted: number }, { sent, retransmitted }: PageLine['packets']): void {
  total.sent += sent;
  total.retransmitted += retransmitted;
}
