import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { CameraView, ConnectStep } from '../../../shared/camera.ts';
import type { ClientToServerEvents, Reply, ServerToClientEvents } from '../../../shared/events.ts';
import type { CameraId } from '../../../shared/ids.ts';
import { MOST_PAGE_OFFERS } from '../../../shared/page-connection.ts';
import { maySee, refusal } from '../../auth/access.ts';
import type { Credentials } from '../../auth/auth.ts';
import type { Action, Principal } from '../../auth/principal.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { clientAddress, clientOrigin, type TrustProxy } from '../access/client-address.ts';
import { readCredentials } from '../access/credentials.ts';
import { isOriginOf } from '../access/cross-site.ts';
import type { ApiParts } from '../api/api-context.ts';
import { cameraState, cameraView } from '../api/camera-views.ts';
import { presentError } from '../error-handler.ts';
import { type LiveChange, LiveState } from './live-state.ts';
import type { Page, SocketEvent, SocketEvents } from './socket-event.ts';
import { socketEvents } from './socket-events.ts';
import { TalkDesk } from './talk-desk.ts';
import { TokenBucket } from './token-bucket.ts';

/** An offer is the largest thing that pages send. */
const MAX_MESSAGE_BYTES = 256 * 1024;
export const SOCKET_PATH = '/socket.io/';
const REQUESTS = { burst: 300, perSecond: 50 };
/** Enough for a frame every 20 ms and for a page that catches up. */
const TALK_FRAMES = { burst: 200, perSecond: 100 };
const MAX_TALK_FRAME_BYTES = 4096;
/** A page that vanishes is noticed within the sum of both. A network may be interrupted for some seconds. */
const PING = { pingInterval: 2500, pingTimeout: 9500 };

/** The credentials that a page connected with. */
type Caller = { readonly credentials: Credentials; readonly address: string };
type PageData = { principal: Principal; caller: Caller; page: Page };
type PageSocket = Socket<ClientToServerEvents, ServerToClientEvents, Record<string, never>, PageData>;
type AnyEvent = SocketEvent<unknown, unknown>;

/** The open pages: their requests, and what they are told. */
export class SocketServer {
  readonly #parts: ApiParts;
  readonly #trust: TrustProxy;
  readonly #io: Server<ClientToServerEvents, ServerToClientEvents, Record<string, never>, PageData>;
  readonly #talkDesk: TalkDesk;
  readonly #events: SocketEvents;
  readonly #liveState: LiveState;

  constructor(http: HttpServer, parts: ApiParts, trust: TrustProxy) {
    const { cameras, hub, clock, device, webrtc } = parts;
    this.#parts = parts;
    this.#trust = trust;
    this.#talkDesk = new TalkDesk(device, clock);
    this.#events = socketEvents({ webrtc, talkDesk: this.#talkDesk, hub, clock });
    this.#io = new Server(http, {
      ...PING,
      path: SOCKET_PATH,
      destroyUpgrade: false, // other WebSockets are ours to answer
      serveClient: false,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      allowRequest: (request, decide) => {
        const { origin } = request.headers;
        const isOurs = origin === undefined || isOriginOf(origin, clientOrigin(request, trust).host);
        decide(isOurs ? null : 'A page of another site cannot connect.', isOurs);
      },
    });
    this.#io.use((socket, next) => this.#admit(socket, next));
    this.#io.on('connection', (socket) => this.#serve(socket));
    this.#liveState = new LiveState(hub, cameras, clock, (change) => this.#tell(change));
  }

  /** Sends each step when it begins to the pages that follow this probe. */
  tellProbeStep(probe: string, step: ConnectStep, atMs: number): void {
    for (const socket of this.#sockets()) {
      if (socket.data.page.probes.has(probe)) socket.emit('probe-step', { probe, step, atMs });
    }
  }

  async close(): Promise<void> {
    this.#liveState.close();
    this.#talkDesk.close();
    await this.#io.close();
  }

  #sockets(): PageSocket[] {
    return [...this.#io.of('/').sockets.values()];
  }

  /** Returns who asks if they may do this now. */
  #check({ credentials, address }: Caller, action: Action, camera?: CameraId): Principal {
    const { auth } = this.#parts;
    let principal: Principal | undefined;
    try {
      principal = auth.identify(credentials, address);
      const error = refusal(principal, action, camera);
      if (error) throw error;
      return principal as Principal;
    } catch (error) {
      auth.accessAudit.refused({ principal, action, camera, address, error: asGatewayError(error) });
      throw error;
    }
  }

  #admit(socket: PageSocket, next: (error?: Error) => void): void {
    const { request, handshake, data } = socket;
    try {
      const { token } = handshake.auth as { token?: unknown };
      const { secure } = clientOrigin(request, this.#trust);
      const credentials = {
        ...readCredentials(request.headers, request.url ?? '', secure),
        ...(typeof token === 'string' ? { token } : {}),
      };
      data.caller = { credentials, address: clientAddress(request, this.#trust) };
      data.principal = this.#check(data.caller, 'list-cameras');
      data.page = createPage(socket, data.caller.address, this.#parts.clock);
      next();
    } catch (thrown) {
      const error = presentError(thrown, this.#parts.log);
      next(Object.assign(new Error(error.message), { data: error }));
    }
  }

  #serve(socket: PageSocket): void {
    const { clock } = this.#parts;
    const { page, principal } = socket.data;
    const leaveRight = principal.right.onEnd((reason) => endSession(socket, reason));
    const requests = new TokenBucket(REQUESTS.burst, REQUESTS.perSecond, clock.nowUs());
    for (const [name, event] of Object.entries(this.#events)) {
      const answer = (...values: unknown[]) => this.#reply(socket, event as AnyEvent, requests, values);
      socket.on(name as keyof SocketEvents, answer as never);
    }
    this.#hearTalk(socket);
    socket.on('disconnect', () => {
      leaveRight();
      // Pictures continue while a socket reconnects. Without the socket, a shorter silence of the media connection means that the page is gone.
      this.#parts.webrtc.connections.signallerLeft(page);
      for (const talk of page.talks) this.#talkDesk.stop(talk);
    });
    socket.emit('cameras-changed', this.#visible(principal));
  }

  #hearTalk(socket: PageSocket): void {
    const { clock } = this.#parts;
    const { talks } = socket.data.page;
    const frames = new TokenBucket(TALK_FRAMES.burst, TALK_FRAMES.perSecond, clock.nowUs());
    socket.on('talk-audio', (talk, samples) => {
      if (!(samples instanceof Uint8Array) || samples.byteLength > MAX_TALK_FRAME_BYTES) return;
      if (talks.has(talk) && frames.take(clock.nowUs())) this.#talkDesk.write(talk, samples);
    });
  }

  async #reply(socket: PageSocket, event: AnyEvent, requests: TokenBucket, values: unknown[]): Promise<void> {
    const acknowledge = values.pop();
    if (typeof acknowledge !== 'function') return;
    const reply = acknowledge as (reply: Reply<unknown>) => void;
    try {
      if (!requests.take(this.#parts.clock.nowUs())) {
        throw new GatewayError('too-many-requests', 'This page asks too often.');
      }
      reply({ ok: true, value: await this.#answer(socket, event, values[0]) });
    } catch (thrown) {
      reply({ ok: false, error: presentError(thrown, this.#parts.log) });
    }
  }

  /** Rights are checked again for each event, so that a session that has just ended is refused. */
  #answer(socket: PageSocket, event: AnyEvent, value: unknown): unknown {
    const named = (value as { camera?: unknown } | undefined)?.camera;
    const camera = typeof named === 'string' ? (named as CameraId) : undefined;
    const principal = this.#check(socket.data.caller, event.access, camera);
    const input = event.input.safeParse(value);
    if (!input.success) throw new GatewayError('bad-request', input.error.issues[0]?.message ?? 'Not understood.');
    return event.answer({
      page: socket.data.page,
      principal,
      input: input.data,
      camera: camera as CameraId,
      require: (action, other) => this.#check(socket.data.caller, action, other),
    });
  }

  #visible(principal: Principal): CameraView[] {
    const { cameras, hub } = this.#parts;
    return cameras
      .list()
      .filter(({ id }) => maySee(principal, id))
      .map((camera) => cameraView(camera, hub));
  }

  #tell({ cameras, listChanged, viewersChanged }: LiveChange): void {
    const { hub } = this.#parts;
    const states = [...cameras].map((camera) => cameraState(camera, hub));
    for (const socket of this.#sockets()) {
      const { principal } = socket.data;
      if (listChanged) socket.emit('cameras-changed', this.#visible(principal));
      for (const state of states) if (maySee(principal, state.id as CameraId)) socket.emit('camera-state', state);
      const seesViewers = viewersChanged && !refusal(principal, 'see-viewers', undefined);
      if (seesViewers) socket.emit('viewers-changed');
    }
  }
}

function createPage(socket: PageSocket, address: string, clock: Clock): Page {
  const { burst, perSecond } = MOST_PAGE_OFFERS;
  return {
    address,
    viewers: new Set(),
    talks: new Set(),
    probes: new Set(),
    offers: new TokenBucket(burst, perSecond, clock.nowUs()),
    send: (event, ...values) => socket.emit(event, ...values),
  };
}

function endSession(socket: PageSocket, { code, message }: GatewayError): void {
  // The hub ends the viewers themselves; once this socket is closed nobody could say why.
  const { viewers } = socket.data.page;
  for (const viewer of viewers) socket.emit('viewer-ended', { viewer, code, message });
  viewers.clear();
  socket.emit('session-ended', { code, message });
  socket.disconnect(true);
}
