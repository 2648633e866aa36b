import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { CameraView, ConnectStep } from '../../shared/camera.ts';
import type { ClientToServerEvents, Reply, ServerToClientEvents } from '../../shared/events.ts';
import type { CameraId } from '../../shared/ids.ts';
import { maySee, refusal } from '../auth/access.ts';
import type { Credentials } from '../auth/auth.ts';
import type { Action, Principal } from '../auth/principal.ts';
import { callAt } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import type { ApiParts } from './api-context.ts';
import { cameraState, cameraView } from './camera-views.ts';
import { clientAddress, clientOrigin, type TrustProxy } from './client-address.ts';
import { readCredentials } from './credentials.ts';
import { isOriginOf } from './cross-site.ts';
import { presentError } from './error-handler.ts';
import { type LiveChange, LiveState } from './live-state.ts';
import { type Page, type SocketEvent, type SocketEvents, socketEvents } from './socket-events.ts';
import { TalkDesk } from './talk-desk.ts';
import { TokenBucket } from './token-bucket.ts';

/** An offer is the largest thing that pages send. */
const MAX_MESSAGE_BYTES = 256 * 1024;
const REQUESTS = { burst: 300, perSecond: 50 };
/** 20 ms a frame, and a page that catches up. */
const TALK_FRAMES = { burst: 200, perSecond: 100 };
const MAX_TALK_FRAME_BYTES = 4096;

type PageData = { principal: Principal; credentials: Credentials; page: Page };
type PageSocket = Socket<ClientToServerEvents, ServerToClientEvents, Record<string, never>, PageData>;
type PageServer = Server<ClientToServerEvents, ServerToClientEvents, Record<string, never>, PageData>;

export type SocketServer = {
  tellProbeStep(probe: string, step: ConnectStep, atMs: number): void;
  close(): Promise<void>;
};

export function createSocketServer(http: HttpServer, parts: ApiParts, trust: TrustProxy): SocketServer {
  const { auth, cameras, hub, clock, log, device, signalling } = parts;
  const talkDesk = new TalkDesk(device, clock);
  const events = socketEvents({ signalling, talkDesk, hub });
  const io: PageServer = new Server(http, {
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    pingInterval: 10_000,
    pingTimeout: 10_000,
    allowRequest(request, decide) {
      const { origin } = request.headers;
      const isOurs = origin === undefined || isOriginOf(origin, clientOrigin(request, trust).host);
      decide(isOurs ? null : 'A page of another site cannot connect.', isOurs);
    },
  });

  const check = (credentials: Credentials, action: Action, camera?: CameraId): Principal => {
    const principal = auth.identify(credentials);
    const error = refusal(principal, action, camera, clock.wallMs());
    if (error) throw error;
    return principal as Principal;
  };

  io.use((socket, next) => {
    try {
      const { request } = socket;
      const { secure } = clientOrigin(request, trust);
      const { token } = socket.handshake.auth as { token?: unknown };
      const shown = typeof token === 'string' ? { token } : {};
      socket.data.credentials = { ...readCredentials(request.headers, request.url ?? '', secure), ...shown };
      socket.data.principal = check(socket.data.credentials, 'list-cameras');
      socket.data.page = pageOf(socket, clientAddress(request, trust));
      next();
    } catch (thrown) {
      const error = presentError(thrown, log);
      next(Object.assign(new Error(error.message), { data: error }));
    }
  });

  const visible = (principal: Principal): CameraView[] =>
    cameras
      .list()
      .filter(({ id }) => maySee(principal, id))
      .map((camera) => cameraView(camera, hub));

  io.on('connection', (socket) => {
    const { page, principal } = socket.data;
    const cancelExpiry = callAt(clock, principal.validUntilMs, () =>
      endSession(socket, new GatewayError('share-expired', 'The time of this link is over.')),
    );
    const requests = new TokenBucket(REQUESTS.burst, REQUESTS.perSecond, clock.nowUs());
    for (const name of Object.keys(events) as (keyof SocketEvents)[]) {
      const answer = answering(socket, events[name] as SocketEvent<unknown, unknown>, requests);
      socket.on(name, answer as never);
    }
    const frames = new TokenBucket(TALK_FRAMES.burst, TALK_FRAMES.perSecond, clock.nowUs());
    socket.on('talk-audio', (talk, samples) => {
      if (!(samples instanceof Uint8Array) || samples.byteLength > MAX_TALK_FRAME_BYTES) return;
      if (page.talks.has(talk) && frames.take(clock.nowUs())) talkDesk.write(talk, samples);
    });
    socket.on('disconnect', () => {
      cancelExpiry();
      // Pictures outlive a socket that reconnects: their own connection tells when the page is gone.
      for (const talk of page.talks) talkDesk.stop(talk);
    });
    socket.emit('cameras-changed', visible(principal));
  });

  const answering =
    (socket: PageSocket, event: SocketEvent<unknown, unknown>, requests: TokenBucket) =>
    async (...values: unknown[]): Promise<void> => {
      const acknowledge = values.pop();
      if (typeof acknowledge !== 'function') return;
      const reply = acknowledge as (reply: Reply<unknown>) => void;
      try {
        if (!requests.take(clock.nowUs())) throw new GatewayError('too-many-requests', 'This page asks too often.');
        reply({ ok: true, value: await answerEvent(socket, event, values[0]) });
      } catch (thrown) {
        reply({ ok: false, error: presentError(thrown, log) });
      }
    };

  /** Rights are asked for again each time: a session that ended a moment ago is not heard. */
  const answerEvent = (socket: PageSocket, event: SocketEvent<unknown, unknown>, value: unknown): unknown => {
    const named = (value as { camera?: unknown } | undefined)?.camera;
    const camera = typeof named === 'string' ? (named as CameraId) : undefined;
    const principal = check(socket.data.credentials, event.access, camera);
    const input = event.input.safeParse(value);
    if (!input.success) throw new GatewayError('bad-request', input.error.issues[0]?.message ?? 'Not understood.');
    return event.answer({ page: socket.data.page, principal, input: input.data, camera: camera as CameraId });
  };

  const sockets = (): PageSocket[] => [...io.of('/').sockets.values()] as PageSocket[];

  const tell = ({ cameras: changed, listChanged, viewersChanged }: LiveChange): void => {
    const states = [...changed].map((camera) => cameraState(camera, hub));
    for (const socket of sockets()) {
      const { principal } = socket.data;
      if (listChanged) socket.emit('cameras-changed', visible(principal));
      for (const state of states) if (maySee(principal, state.id as CameraId)) socket.emit('camera-state', state);
      if (viewersChanged && !refusal(principal, 'see-viewers', undefined, clock.wallMs()))
        socket.emit('viewers-changed');
    }
  };
  const liveState = new LiveState(hub, cameras, clock, tell);

  const onRevoked = (grants: readonly string[], reason: GatewayError): void => {
    for (const socket of sockets()) {
      if (socket.data.principal.grants.some((grant) => grants.includes(grant))) endSession(socket, reason);
    }
  };
  auth.revocations.on('revoked', onRevoked);

  return {
    tellProbeStep(probe, step, atMs) {
      for (const socket of sockets()) {
        if (socket.data.page.probes.has(probe)) socket.emit('probe-step', { probe, step, atMs });
      }
    },
    async close() {
      liveState.close();
      talkDesk.close();
      auth.revocations.off('revoked', onRevoked);
      await io.close();
    },
  };
}

function pageOf(socket: PageSocket, address: string): Page {
  return {
    address,
    viewers: new Set(),
    talks: new Set(),
    probes: new Set(),
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
