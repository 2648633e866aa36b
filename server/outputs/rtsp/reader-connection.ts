import type { Socket } from 'node:net';
import { refusal } from '../../auth/access.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Right } from '../../hub/right.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { InterleavedReader } from '../../protocols/rtsp/interleaved.ts';
import { type RtspRequest, serializeRtspMessage } from '../../protocols/rtsp/message.ts';
import { serializeRtpInfo } from '../../protocols/rtsp/rtp-info.ts';
import {
  interpretRequest,
  pipelineOf,
  type RequestTarget,
  SERVER_METHODS,
  type ServerCommand,
  type ServerReply,
  sessionIdOf,
  toResponse,
} from '../../protocols/rtsp/server-request.ts';
import { describeTracks } from '../../protocols/rtsp/track-description.ts';
import type { TransportOffer } from '../../protocols/rtsp/transport-header.ts';
import type { ReaderHost } from './reader-host.ts';
import { ReaderSession } from './reader-session.ts';
import { replyToError } from './reply-to-error.ts';
import { RtspLogin } from './rtsp-login.ts';
import { setUpTrack } from './set-up-track.ts';
import { plainAddress } from './udp-ports.ts';

/** The limit of requests of one client that wait for their turn. */
const MAX_PENDING_REQUESTS = 32;
/** A connection that has no session for this long is closed. */
const IDLE_MS = 30_000;

type SetupCommand = { readonly target: RequestTarget; readonly offers: readonly TransportOffer[] };

/** One RTSP client. Its requests are answered in their order, one at a time. */
export class ReaderConnection {
  readonly #socket: Socket;
  readonly #host: ReaderHost;
  readonly #sessions: Map<string, ReaderSession>;
  readonly #address: string;
  readonly #login: RtspLogin;
  readonly #reader = new InterleavedReader();
  /** The session that owns each channel of this connection. */
  readonly #channels = new Map<number, ReaderSession>();
  readonly #own = new Set<ReaderSession>();
  readonly #pipelines = new Map<string, ReaderSession>();
  /** A session that was described and waits for its first SETUP. */
  #draft: ReaderSession | undefined;
  #queue: Promise<void> = Promise.resolve();
  #pending = 0;
  #cancelIdle: (() => void) | undefined;
  /** The right with which this client last signed in. The connection ends with it. */
  #held: { readonly right: Right; leave(): void } | undefined;

  constructor(socket: Socket, host: ReaderHost, sessions: Map<string, ReaderSession>) {
    this.#socket = socket;
    this.#host = host;
    this.#sessions = sessions;
    this.#address = plainAddress(socket.remoteAddress ?? '');
    this.#login = new RtspLogin(host.authorizer, host.clock, this.#address);
    socket.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    socket.on('drain', () => {
      for (const session of this.#own) session.resume();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#end());
    this.#watchIdle();
  }

  #receive(chunk: Uint8Array): void {
    try {
      for (const item of this.#reader.push(chunk)) {
        if (item.kind === 'frame') this.#channels.get(item.channel)?.heard(item.data);
        else if (item.kind === 'request') this.#enqueue(item);
      }
    } catch (error) {
      this.#host.log.debug({ err: error, address: this.#address }, 'rtsp client sends something else');
      this.#socket.destroy();
    }
  }

  #enqueue(request: RtspRequest): void {
    if (++this.#pending > MAX_PENDING_REQUESTS) {
      this.#socket.destroy();
      return;
    }
    this.#queue = this.#queue.then(async () => {
      this.#pending--;
      await this.#handle(request);
    });
  }

  async #handle(request: RtspRequest): Promise<void> {
    if (this.#socket.destroyed) return;
    try {
      const reply = await this.#answer(request, interpretRequest(request));
      if (reply) this.#reply(request, reply);
      if (this.#login.isHopeless) this.#socket.destroySoon();
    } catch (error) {
      const reason = asGatewayError(error);
      if (reason.code === 'internal') this.#host.log.error({ err: error }, 'rtsp request failed');
      this.#reply(request, replyToError(reason));
    }
  }

  #reply(request: RtspRequest, reply: ServerReply): void {
    if (this.#socket.writable) this.#socket.write(serializeRtspMessage(toResponse(request, reply)));
  }

  /** Undefined when the command has sent its reply itself. */
  async #answer(request: RtspRequest, command: ServerCommand): Promise<ServerReply | undefined> {
    const session = this.#sessionOf(request);
    if (session && !this.#own.has(session)) {
      const refused = await this.#refuseForeign(request, session);
      if (refused) return refused;
    }
    session?.heard();
    switch (command.kind) {
      case 'refused':
        return command.reply;
      case 'options':
        return { status: 200, headers: [['Public', SERVER_METHODS], ...sessionHeader(session)] };
      case 'describe':
        return this.#describe(request, command.target);
      case 'setup':
        return this.#setUp(request, command, session);
      case 'keep-alive':
        return session || sessionIdOf(request) === undefined
          ? { status: 200, headers: sessionHeader(session) }
          : { status: 454 };
      default:
        return session ? this.#control(request, command.kind, session) : { status: 454 };
    }
  }

  async #describe(request: RtspRequest, target: RequestTarget): Promise<ServerReply> {
    const admitted = await this.#admit(request, target);
    if ('status' in admitted) return admitted;
    this.#draft?.end();
    const session = this.#open(target, admitted.principal);
    this.#draft = session;
    const tracks = await session.describe().catch((error: unknown) => {
      session.end();
      throw error;
    });
    const described = tracks.map(([number, track]) => ({ track, control: `${target.base}/trackID=${number}` }));
    const headers: [string, string][] = [
      ['Content-Base', `${target.base}/`],
      ['Content-Type', 'application/sdp'],
    ];
    return { status: 200, headers, body: Buffer.from(describeTracks(session.camera, described)) };
  }

  async #setUp(request: RtspRequest, command: SetupCommand, known: ReaderSession | undefined): Promise<ServerReply> {
    if (!known && sessionIdOf(request) !== undefined) return { status: 454 };
    const admitted = await this.#admit(request, command.target);
    if ('status' in admitted) return admitted;
    const session = known ?? (await this.#adoptDraft(command.target, admitted.principal));
    if (session.isPlaying) return { status: 455, reason: 'PAUSE before setting up another track' };
    if (session.base !== command.target.base) return { status: 455, reason: 'One session shows one stream' };
    const { track = 0 } = command.target;
    if (session.ssrcOf(track) === undefined) return { status: 404, reason: 'The stream has no such track' };
    const carrier = { socket: this.#socket, address: this.#address, channels: this.#channels };
    const transport = await setUpTrack(this.#host, session, track, command.offers, carrier);
    if (transport === undefined) {
      if (session.tracks.length === 0) session.end();
      return { status: 461 };
    }
    this.#serve(session);
    const pipeline = pipelineOf(request);
    if (pipeline !== undefined) this.#pipelines.set(pipeline, session);
    const headers: [string, string][] = [['Transport', transport], ...sessionHeader(session, true)];
    if (request.version === '2.0') {
      headers.push(['Accept-Ranges', 'npt'], ['Media-Properties', 'No-Seeking, Time-Progressing, Time-Duration=0.0']);
    }
    return { status: 200, headers };
  }

  async #control(
    request: RtspRequest,
    kind: 'play' | 'pause' | 'teardown',
    session: ReaderSession,
  ): Promise<ServerReply | undefined> {
    if (kind === 'teardown') {
      session.end();
      return { status: 200 };
    }
    if (session.tracks.length === 0) return { status: 455 };
    if (kind === 'pause') {
      session.pause();
      return { status: 200, headers: sessionHeader(session) };
    }
    if (session.isPlaying) return { status: 200, headers: [...sessionHeader(session), ['Range', 'npt=now-']] };
    await session.whenPlayable();
    session.play((positions) => {
      const entries = positions.map((position) => ({ url: `${session.base}/trackID=${position.track}`, ...position }));
      const headers: [string, string][] = [...sessionHeader(session), ['Range', 'npt=now-']];
      if (entries.length > 0) headers.push(['RTP-Info', serializeRtpInfo(entries, request.version)]);
      this.#reply(request, { status: 200, headers });
    });
    return undefined;
  }

  /** Undefined when this client may see the stream, otherwise the reply that says why not. */
  async #admit(request: RtspRequest, target: RequestTarget): Promise<{ principal: Principal } | ServerReply> {
    const verdict = await this.#login.check(request);
    if ('status' in verdict) return verdict;
    const { principal } = verdict;
    this.#hold(principal.right);
    const stream = this.#host.locate(target.path);
    if (!stream) return { status: 404, reason: 'There is no such camera' };
    const refused = refusal(principal, 'view', stream.camera);
    if (!refused) return { principal };
    this.#host.denied(principal, stream.camera, refused, this.#address);
    return replyToError(refused);
  }

  /** A session of another connection accepts requests here only with the same right, because its number alone is no proof. */
  async #refuseForeign(request: RtspRequest, session: ReaderSession): Promise<ServerReply | undefined> {
    const verdict = await this.#login.check(request);
    if ('status' in verdict) return verdict;
    return verdict.principal.right === session.principal.right ? undefined : { status: 454 };
  }

  #hold(right: Right): void {
    if (this.#held?.right === right) return;
    this.#held?.leave();
    const leave = right.onEnd((reason) => {
      for (const session of [...this.#own]) if (session.principal.right === right) session.end(reason);
      this.#socket.destroySoon();
    });
    this.#held = { right, leave };
  }

  async #adoptDraft(target: RequestTarget, principal: Principal): Promise<ReaderSession> {
    const draft = this.#draft;
    const isSame = draft?.base === target.base && draft.principal.right === principal.right;
    const session = isSame ? draft : this.#open(target, principal);
    if (session === draft) this.#draft = undefined;
    else await session.describe();
    this.#sessions.set(session.id, session);
    return session;
  }

  #open(target: RequestTarget, principal: Principal): ReaderSession {
    const stream = this.#host.locate(target.path);
    if (!stream) throw new GatewayError('not-found', 'There is no such camera.');
    const described = { ...stream, base: target.base };
    const session: ReaderSession = new ReaderSession(this.#host, described, principal, this.#address, (reason) =>
      this.#forget(session, reason),
    );
    this.#own.add(session);
    return session;
  }

  /** A session may have begun on another connection. */
  #serve(session: ReaderSession): void {
    if (this.#own.has(session)) return;
    this.#own.add(session);
    session.onEnd(() => this.#own.delete(session));
  }

  /** A session that was ended for a reason also ends its connection, because RTSP 1.0 has no better way to say so. */
  #forget(session: ReaderSession, reason: GatewayError | undefined): void {
    this.#own.delete(session);
    this.#sessions.delete(session.id);
    if (this.#draft === session) this.#draft = undefined;
    for (const [channel, owner] of this.#channels) if (owner === session) this.#channels.delete(channel);
    for (const [name, owner] of this.#pipelines) if (owner === session) this.#pipelines.delete(name);
    if (!reason) return;
    this.#host.log.info({ code: reason.code, reason: reason.message, address: this.#address }, 'rtsp reader ended');
    if (reason.code === 'viewer-lost') this.#socket.destroy();
    else this.#socket.destroySoon();
  }

  #sessionOf(request: RtspRequest): ReaderSession | undefined {
    const id = sessionIdOf(request);
    if (id !== undefined) return this.#sessions.get(id);
    const pipeline = pipelineOf(request);
    return pipeline === undefined ? undefined : this.#pipelines.get(pipeline);
  }

  /** Sessions over UDP continue after their connection until they time out. Other sessions end with it. */
  #end(): void {
    this.#cancelIdle?.();
    this.#held?.leave();
    for (const session of [...this.#own]) if (!session.outlivesConnection) session.end();
  }

  #watchIdle(): void {
    this.#cancelIdle = this.#host.clock.after(IDLE_MS, () => {
      const isIdle = this.#own.size === 0 && this.#pending === 0;
      if (isIdle) this.#socket.destroySoon();
      else this.#watchIdle();
    });
  }
}

function sessionHeader(session: ReaderSession | undefined, withTimeout = false): [string, string][] {
  if (!session) return [];
  return [['Session', withTimeout ? `${session.id};timeout=${session.timeoutS}` : session.id]];
}
