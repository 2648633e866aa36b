import type { Socket } from 'socket.io-client';
import type { CameraView } from '../../../../shared/camera.ts';
import type {
  CameraStateEvent,
  ClientToServerEvents,
  IceServer,
  PageAnswer,
  PageOffer,
  Reply,
  ServerToClientEvents,
  WatchAnswer,
} from '../../../../shared/events.ts';
import { playerTexts } from '../../texts/en/player.ts';
import type { PageSignalling } from '../webrtc/page-connection.ts';
import {
  type CameraFacts,
  Refusal,
  type Signalling,
  type SignallingSession,
  type TalkLine,
  type WatchRequest,
} from './signalling.ts';

export type GatewaySocket = Socket<ServerToClientEvents, ClientToServerEvents>;

const ANSWER_WITHIN_MS = 10_000;
/** TURN credentials live for hours; a page that stays open asks again in time. */
const ICE_SERVERS_FRESH_MS = 600_000;

/** Signalling over the socket that the dashboard has anyway. Make it before the socket connects, so that it misses nothing. */
export function createSocketSignalling(socket: GatewaySocket): Signalling & PageSignalling {
  return new SocketSignalling(socket);
}

class SocketSignalling implements Signalling, PageSignalling {
  readonly #socket: GatewaySocket;
  readonly #views = new Map<string, CameraView>();
  readonly #followers = new Map<string, Set<(facts: CameraFacts) => void>>();
  readonly #viewers = new Map<string, (why: Refusal) => void>();
  readonly #talks = new Map<string, (why: Refusal) => void>();
  #iceServers: { readonly servers: Promise<RTCIceServer[]>; readonly askedAtMs: number } | undefined;

  constructor(socket: GatewaySocket) {
    this.#socket = socket;
    socket.on('connect', () => this.#tellAll());
    socket.on('disconnect', () => this.#lostSocket());
    socket.on('cameras-changed', (cameras) => {
      this.#views.clear();
      for (const view of cameras) this.#views.set(view.id, view);
      this.#tellAll();
    });
    socket.on('camera-state', (live) => {
      if (this.#learn(live)) this.#tell(live.id);
    });
    socket.on('viewer-ended', ({ viewer, code, message }) => this.#viewers.get(viewer)?.(new Refusal(code, message)));
    socket.on('talk-ended', ({ talk, code, message }) => this.#talks.get(talk)?.(new Refusal(code, message)));
  }

  iceServers(): Promise<RTCIceServer[]> {
    const known = this.#iceServers;
    if (known && performance.now() - known.askedAtMs < ICE_SERVERS_FRESH_MS) return known.servers;
    const servers = this.#ask<readonly IceServer[]>((reply) => this.#within().emit('ice-servers', reply)).then(
      (all) => [...all],
    );
    this.#iceServers = { servers, askedAtMs: performance.now() };
    servers.catch(() => (this.#iceServers = undefined));
    return servers;
  }

  async watch(request: WatchRequest, ended: (why: Refusal) => void, signal: AbortSignal): Promise<SignallingSession> {
    const { viewer, answer } = await this.#ask<WatchAnswer>((reply) => this.#within().emit('watch', request, reply));
    const close = this.hold(viewer, ended);
    if (signal.aborted) close();
    const candidate = (init: RTCIceCandidateInit) =>
      this.#socket.emit('candidate', { viewer, candidate: init }, () => undefined);
    return { answer, candidate, close };
  }

  hold(viewer: string, ended: (why: Refusal) => void): () => void {
    this.#viewers.set(viewer, (why) => {
      this.#viewers.delete(viewer);
      ended(why);
    });
    return () => {
      if (this.#viewers.delete(viewer)) this.#socket.emit('unwatch', { viewer }, () => undefined);
    };
  }

  offer(offer: PageOffer): Promise<PageAnswer> {
    return this.#ask<PageAnswer>((reply) => this.#within().emit('page-offer', offer, reply));
  }

  ready(connection: string): void {
    this.#socket.emit('page-ready', { connection }, () => undefined);
  }

  candidate(connection: string, candidate: RTCIceCandidateInit): void {
    this.#socket.emit('page-candidate', { connection, candidate }, () => undefined);
  }

  follow(camera: string, listener: (facts: CameraFacts) => void): () => void {
    const followers = this.#followers.get(camera) ?? new Set();
    this.#followers.set(camera, followers.add(listener));
    listener(this.#facts(camera));
    return () => followers.delete(listener);
  }

  async ask(camera: string): Promise<CameraFacts> {
    const answer = this.#ask<CameraStateEvent>((reply) => this.#within().emit('camera-state', { camera }, reply));
    const live = await answer.catch(() => undefined);
    if (live) this.#learn(live);
    return this.#facts(camera);
  }

  retry(camera: string): void {
    this.#socket.emit('retry', { camera }, () => undefined);
  }

  async talk(camera: string, ended: (why: Refusal) => void): Promise<TalkLine> {
    const { talk } = await this.#ask<{ talk: string }>((reply) => this.#within().emit('talk-start', { camera }, reply));
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

  #within() {
    return this.#socket.timeout(ANSWER_WITHIN_MS);
  }

  #ask<Value>(emit: (reply: (error: Error | null, reply: Reply<Value>) => void) => void): Promise<Value> {
    return new Promise((resolve, reject) => {
      emit((error, reply) => {
        if (error) reject(error);
        else if (reply.ok) resolve(reply.value);
        else reject(new Refusal(reply.error.code, reply.error.message));
      });
    });
  }

  #facts(camera: string): CameraFacts {
    return { reachable: this.#socket.connected, view: this.#views.get(camera) };
  }

  #learn(live: CameraStateEvent): boolean {
    const view = this.#views.get(live.id);
    if (view) this.#views.set(live.id, { ...view, ...live });
    return view !== undefined;
  }

  #tell(camera: string): void {
    for (const listener of this.#followers.get(camera) ?? []) listener(this.#facts(camera));
  }

  #tellAll(): void {
    for (const camera of this.#followers.keys()) this.#tell(camera);
  }

  /** The pictures may go on without the socket; the gateway has forgotten who the viewers were signalled by. */
  #lostSocket(): void {
    this.#iceServers = undefined;
    for (const ended of [...this.#talks.values()]) ended(new Refusal('viewer-lost', playerTexts.culprit.gateway));
    this.#tellAll();
  }
}
