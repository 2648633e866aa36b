import type { CameraStateEvent, IceServer, PageAnswer, PageOffer } from '../../../../shared/events.ts';
import type { CameraFacts, CameraStore } from '../../gateway/camera-store.ts';
import { GatewayError } from '../../gateway/gateway-error.ts';
import { askSocket, type GatewaySocket } from '../../gateway/gateway-socket.ts';
import { playerTexts } from '../../texts/en/player.ts';
import type { Signalling, TalkLine } from './signalling.ts';

/** TURN credentials live for hours; a page that stays open asks again in time. */
const ICE_SERVERS_FRESH_MS = 600_000;

/** Signalling over the socket that the dashboard has anyway. Make it before the socket connects, so that it misses nothing. */
export function createSocketSignalling(socket: GatewaySocket, store: CameraStore): Signalling {
  return new SocketSignalling(socket, store);
}

class SocketSignalling implements Signalling {
  readonly isForOneCamera = false;
  readonly #socket: GatewaySocket;
  readonly #store: CameraStore;
  readonly #viewers = new Map<string, (why: GatewayError) => void>();
  readonly #talks = new Map<string, (why: GatewayError) => void>();
  #iceServers: { readonly servers: Promise<RTCIceServer[]>; readonly askedAtMs: number } | undefined;

  constructor(socket: GatewaySocket, store: CameraStore) {
    this.#socket = socket;
    this.#store = store;
    socket.on('disconnect', () => this.#lostSocket());
    socket.on('viewer-ended', ({ viewer, code, message }) =>
      this.#viewers.get(viewer)?.(new GatewayError(code, message)),
    );
    socket.on('talk-ended', ({ talk, code, message }) => this.#talks.get(talk)?.(new GatewayError(code, message)));
  }

  iceServers(): Promise<RTCIceServer[]> {
    const known = this.#iceServers;
    if (known && performance.now() - known.askedAtMs < ICE_SERVERS_FRESH_MS) return known.servers;
    const servers = askSocket<readonly IceServer[]>(this.#socket, (to, reply) => to.emit('ice-servers', reply)).then(
      (all) => [...all],
    );
    this.#iceServers = { servers, askedAtMs: performance.now() };
    servers.catch(() => (this.#iceServers = undefined));
    return servers;
  }

  hold(viewer: string, ended: (why: GatewayError) => void): () => void {
    this.#viewers.set(viewer, (why) => {
      this.#viewers.delete(viewer);
      ended(why);
    });
    return () => {
      if (this.#viewers.delete(viewer)) this.#socket.emit('unwatch', { viewer }, () => undefined);
    };
  }

  offer(offer: PageOffer): Promise<PageAnswer> {
    return askSocket<PageAnswer>(this.#socket, (to, reply) => to.emit('page-offer', offer, reply));
  }

  ready(connection: string): void {
    this.#socket.emit('page-ready', { connection }, () => undefined);
  }

  candidate(connection: string, candidate: RTCIceCandidateInit): void {
    this.#socket.emit('page-candidate', { connection, candidate }, () => undefined);
  }

  follow(camera: string, listener: (facts: CameraFacts) => void): () => void {
    return this.#store.follow(camera, listener);
  }

  async ask(camera: string): Promise<CameraFacts> {
    const answer = askSocket<CameraStateEvent>(this.#socket, (to, reply) => to.emit('camera-state', { camera }, reply));
    const state = await answer.catch(() => undefined);
    if (state) this.#store.learn(state);
    const { reachable, view } = this.#store.facts(camera);
    return { reachable, view: state && view };
  }

  retry(camera: string): void {
    this.#socket.emit('retry', { camera }, () => undefined);
  }

  async talk(camera: string, ended: (why: GatewayError) => void): Promise<TalkLine> {
    const { talk } = await askSocket<{ talk: string }>(this.#socket, (to, reply) =>
      to.emit('talk-start', { camera }, reply),
    );
    this.#talks.set(talk, (why) => {
      this.#talks.delete(talk);
      ended(why);
    });
    return {
      send: (frame) => this.#socket.volatile.emit('talk-audio', talk, frame),
      close: () => {
        if (this.#talks.delete(talk)) this.#socket.emit('talk-stop', { talk }, () => undefined);
      },
    };
  }

  /** Pictures may go on without the socket, although the gateway no longer knows which page they belong to. */
  #lostSocket(): void {
    this.#iceServers = undefined;
    for (const ended of [...this.#talks.values()]) ended(new GatewayError('viewer-lost', playerTexts.culprit.gateway));
  }
}
