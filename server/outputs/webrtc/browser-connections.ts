import type { Quality } from '../../../shared/camera.ts';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import { allowedQuality, type Principal, viewerRights } from '../../auth/principal.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Right } from '../../hub/right.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { PacketMemory } from '../../protocols/srtp/packet-run.ts';
import type { IceCandidate } from '../../protocols/stun/ice-candidate.ts';
import { BrowserConnection } from './browser-connection.ts';
import { CameraLine } from './camera-line.ts';
import { answerAnyVideo, type WantedMedia } from './negotiation/answer-media.ts';
import { type BrowserOffer, firstWanted, isWanted, parseBrowserOffer } from './negotiation/browser-offer.ts';
import type { StreamFeeds } from './sending/stream-feeds.ts';
import type { TransportParts } from './transport/browser-transport.ts';

/** A requested camera. The caller has already checked that the principal may view it. */
export type CameraRequest = {
  readonly camera: CameraId;
  readonly quality: Quality;
  /** The caller, as the player of this camera. */
  readonly principal: Principal;
};

/** The mids of its m-lines in the offer. There is one for sound if sound is wanted. */
export type LineRequest = CameraRequest & { readonly mid: string; readonly soundMid?: string };
export type LineOutcome = { readonly mid: string } & ({ readonly line: CameraLine } | { readonly error: GatewayError });

export type OfferRequest = {
  /** Absent for a first offer. */
  readonly connection?: string;
  readonly offer: string;
  /** The lines that are new in this offer. */
  readonly lines: readonly LineRequest[];
  /** The caller, to whom the connection belongs. */
  readonly principal: Principal;
  readonly address?: string;
  /** The page's signalling channel. When it ends, `signallerLeft` is called. */
  readonly signaller?: object;
  /** Called once for each of these lines, whoever ended it. */
  ended(viewer: ViewerId, reason: GatewayError): void;
};

export type OfferAnswered = {
  readonly connection: string;
  readonly answer: string;
  readonly lines: readonly LineOutcome[];
};

/** One camera with its own connection, as WHEP uses it. */
export type SingleView = { readonly connection: BrowserConnection; readonly line: CameraLine };

/** Before the answer the viewer need not give signs of life. The wait for the camera has its own limit. */
const OWED_US = 1_000_000;

export type BrowserConnectionsParts = {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly feeds: StreamFeeds;
  readonly scratch: PacketMemory;
  /** Loads what a transport needs. Rejects when the gateway is stopping. */
  transport(): Promise<TransportParts>;
  candidates(address: string | undefined): readonly IceCandidate[];
};

type Owned = { readonly connection: BrowserConnection; readonly owner: Right };
/** The callback that gives a line its place once the connection exists. */
type Home = { connection?: BrowserConnection };

/** The connections of browsers, and who opened them. */
export class BrowserConnections {
  readonly #parts: BrowserConnectionsParts;
  readonly #connections = new Map<string, Owned>();
  readonly #singles = new Map<ViewerId, SingleView>();
  readonly #gone = { sent: 0, retransmitted: 0 };

  constructor(parts: BrowserConnectionsParts) {
    this.#parts = parts;
  }

  /**
   * Answers an offer. Each line is accepted or refused separately. Throws for an invalid offer, and `not-found` for a connection
   * that has ended, in which case the page opens another.
   */
  async negotiate(request: OfferRequest): Promise<OfferAnswered> {
    const offer = parseBrowserOffer(request.offer);
    const known = request.connection === undefined ? undefined : this.#own(request.connection, request.principal);
    const { connection, lines } = await this.#connect(offer, known, request);
    return { connection: connection.id, answer: connection.answer(offer), lines };
  }

  /**
   * One camera with its own connection, for WHEP. Its picture and its sound use the first suitable m-lines of the offer. Waits
   * until the camera's codecs are known. Rejects with a GatewayError, and then the camera's viewer is removed again.
   */
  async openSingle(
    request: CameraRequest & { readonly offer: string; readonly address?: string },
    ended: (reason: GatewayError) => void = () => {},
  ): Promise<SingleView & { readonly answer: string }> {
    const offer = parseBrowserOffer(request.offer);
    const { video, audio } = firstWanted(offer);
    const mid = (video ?? audio)?.mid ?? '';
    const wanted = { ...request, mid, ...(audio ? { soundMid: audio.mid } : {}) };
    const { connection, lines } = await this.#connect(
      offer,
      undefined,
      { ...request, lines: [wanted], ended: (_, reason) => ended(reason) },
      true,
    );
    const [outcome] = lines;
    if (!outcome) throw noFreeMedia();
    if ('error' in outcome) throw outcome.error;
    const single = { connection, line: outcome.line };
    this.#singles.set(outcome.line.id, single);
    return { ...single, answer: connection.answer(offer) };
  }

  single(viewer: ViewerId): SingleView | undefined {
    return this.#singles.get(viewer);
  }

  confirm(id: string, principal: Principal): void {
    this.#own(id, principal).confirm();
  }

  addCandidate(id: string, principal: Principal, candidate: string): void {
    this.#own(id, principal).addCandidates(candidate);
  }

  /** Must be called when a page's socket is gone, because the page may be gone too. */
  signallerLeft(signaller: object): void {
    for (const connection of this.all) connection.signallerLeft(signaller);
  }

  line(viewer: ViewerId): CameraLine | undefined {
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

  get all(): readonly BrowserConnection[] {
    return [...this.#connections.values()].map(({ connection }) => connection);
  }

  end(reason: GatewayError): void {
    for (const connection of this.all) connection.end(reason);
  }

  /** The cameras are started first, and what a connection needs is loaded meanwhile. */
  async #connect(
    offer: BrowserOffer,
    known: BrowserConnection | undefined,
    request: Omit<OfferRequest, 'offer'>,
    isSingle = false,
  ): Promise<{ readonly connection: BrowserConnection; readonly lines: readonly LineOutcome[] }> {
    known?.take(offer);
    const home: Home = known ? { connection: known } : {};
    const opened = this.#openLines(offer, home, request, isSingle);
    const lines = opened.flatMap((outcome) => ('line' in outcome ? outcome.line : []));
    try {
      const [parts] = await Promise.all([known ? undefined : this.#parts.transport(), ...lines.map(answerable)]);
      const connection = known ?? this.#create(offer, parts as TransportParts, isSingle, request);
      home.connection = connection;
      if (request.signaller) connection.signalledBy(request.signaller);
      for (const line of lines) connection.add(line);
      // A page whose lines were all refused keeps no connection.
      if (!known && connection.lines.size === 0) connection.close();
      return { connection, lines: opened.map(afterAll) };
    } catch (error) {
      for (const line of lines) line.end(asGatewayError(error, 'internal'));
      throw error;
    }
  }

  #create(
    offer: BrowserOffer,
    parts: TransportParts,
    isSingle: boolean,
    { principal, address }: Pick<OfferRequest, 'principal' | 'address'>,
  ): BrowserConnection {
    const candidates = this.#parts.candidates(address);
    const gone = () => {
      leaveRight();
      this.#connections.delete(connection.id);
    };
    const connection: BrowserConnection = new BrowserConnection(offer, { ...parts, candidates, isSingle, gone });
    this.#connections.set(connection.id, { connection, owner: principal.right });
    const leaveRight = principal.right.onEnd((reason) => connection.end(reason));
    return connection;
  }

  #own(id: string, principal: Principal): BrowserConnection {
    const found = this.#connections.get(id);
    if (found?.owner === principal.right) return found.connection;
    throw new GatewayError('not-found', 'This connection is over.');
  }

  #openLines(
    offer: BrowserOffer,
    home: Home,
    request: Omit<OfferRequest, 'offer'>,
    waits: boolean,
  ): readonly LineOutcome[] {
    const taken = new Set(home.connection?.lines.keys());
    return request.lines.map((wanted): LineOutcome => {
      const { mid } = wanted;
      try {
        const media = mediaFor(offer, wanted);
        if (taken.has(mid)) throw noFreeMedia();
        // Which sound can be sent is only known when the camera's tracks are.
        const line = this.#openLine(home, wanted, media, waits || media.audio !== undefined, request);
        taken.add(mid);
        return { mid, line };
      } catch (error) {
        return { mid, error: asGatewayError(error, 'internal') };
      }
    });
  }

  #openLine(
    home: Home,
    { mid, camera, quality, principal }: LineRequest,
    wanted: WantedMedia,
    waits: boolean,
    { address, ended }: Pick<OfferRequest, 'address' | 'ended'>,
  ): CameraLine {
    const { hub, feeds, scratch, clock } = this.#parts;
    const answered = waits || !wanted.video ? [] : [answerAnyVideo(wanted.video)];
    let line: CameraLine | undefined;
    const watch = hub.watch(camera, allowedQuality(principal, quality), {
      kind: 'webrtc',
      isOffer: true,
      ...viewerRights(principal),
      ...(address === undefined ? {} : { address }),
      statistics: () => line?.statistics(home.connection?.roundTripMs) ?? {},
      aliveUntilUs: (nowUs) => (home.connection ? home.connection.aliveUntilMs * 1000 : nowUs + OWED_US),
      end: (reason) => line?.end(reason),
    });
    const feed = feeds.of(watch.stream);
    const gone = (over: CameraLine, reason: GatewayError) => {
      add(this.#gone, over.packets);
      feeds.release(watch.stream, over);
      home.connection?.forget(over, reason);
      this.#singles.delete(over.id);
      ended(over.id, reason);
    };
    line = new CameraLine({ mid, watch, feed, wanted, answered, waits, scratch, clock, gone });
    return line;
  }

  *#lines(): Generator<CameraLine> {
    for (const { connection } of this.#connections.values()) yield* connection.lines.values();
  }
}

function mediaFor(offer: BrowserOffer, { mid, soundMid, principal }: LineRequest): WantedMedia {
  const wanted = (name: string | undefined, kind: string) =>
    offer.media.find((media) => media.mid === name && media.kind === kind && isWanted(media));
  const video = wanted(mid, 'video');
  const audio = wanted(soundMid ?? mid, 'audio');
  if (!video && !audio) throw noFreeMedia();
  return { ...(video ? { video } : {}), ...(audio && principal.mayListen ? { audio } : {}) };
}

function noFreeMedia(): GatewayError {
  return new GatewayError('bad-request', 'The offer has no free video for this camera.');
}

function answerable(line: CameraLine): Promise<unknown> {
  return line.answerable;
}

/** A line may have ended during the wait for others. */
function afterAll(outcome: LineOutcome): LineOutcome {
  return 'line' in outcome && outcome.line.ended ? { mid: outcome.mid, error: outcome.line.ended } : outcome;
}

function add(total: { sent: number; retransmitted: number }, { sent, retransmitted }: CameraLine['packets']): void {
  total.sent += sent;
  total.retransmitted += retransmitted;
}
