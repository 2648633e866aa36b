import type { Duplex } from 'node:stream';
import { InterleavedReader } from '../../protocols/rtsp/interleaved.ts';
import { headerValue, type RtspRequest, serializeRtspMessage } from '../../protocols/rtsp/message.ts';
import { InterleavedWriter } from './carrier.ts';
import type { CameraLogin } from './login.ts';
import type { CameraPath } from './path.ts';
import { type CameraReply, spellReply } from './reply.ts';
import { describePath } from './sdp.ts';
import type { CameraSession } from './session.ts';
import { setUpTransport } from './transport.ts';

/** What a connection needs from its camera. */
export type CameraHost = {
  /** The path that the URL of a request belongs to, and the rest of the URL after it. */
  find(target: string): { path: CameraPath; login: CameraLogin | undefined } | undefined;
  /** Undefined when the camera has no free session. */
  openSession(path: CameraPath): CameraSession | undefined;
  findSession(id: string): CameraSession | undefined;
  onRequest(request: RtspRequest): void;
};

export type ConnectionAddresses = {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
};

const DEFAULT_PUBLIC = 'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER';
const OK: CameraReply = { status: 200 };

/** One client of the camera, over any kind of byte stream. */
export class CameraConnection {
  readonly #socket: Duplex;
  readonly #host: CameraHost;
  readonly #addresses: ConnectionAddresses;
  readonly #reader = new InterleavedReader();
  readonly #sessions = new Set<CameraSession>();
  #writer: InterleavedWriter;
  #described = false;
  #serverCseq = 1;

  constructor(socket: Duplex, host: CameraHost, addresses: ConnectionAddresses) {
    this.#socket = socket;
    this.#host = host;
    this.#addresses = addresses;
    this.#writer = new InterleavedWriter(socket);
    socket.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const session of [...this.#sessions]) session.end();
    });
  }

  #receive(chunk: Uint8Array): void {
    for (const item of this.#reader.push(chunk)) {
      if (item.kind === 'frame') for (const session of this.#sessions) session.receiverReport();
      if (item.kind === 'request') this.#answer(item).catch(() => this.#socket.destroy());
    }
  }

  async #answer(request: RtspRequest): Promise<void> {
    this.#host.onRequest(request);
    const found = this.#host.find(targetOf(request.url));
    const quirks = found?.path.options.quirks ?? {};
    if (quirks.life?.cutsOn?.includes(request.method)) {
      this.#socket.destroy();
      return;
    }
    if (found && quirks.framing) this.#writer = new InterleavedWriter(this.#socket, quirks.framing);
    const reply = found ? await this.#replyTo(request, found.path, found.login) : this.#replyWithoutPath(request);
    if (reply === undefined) return;
    const bytes = spellReply(request, reply, quirks.reply);
    if (request.method !== 'PLAY' || reply.status !== 200 || !found) {
      this.#writer.write(bytes);
      if (request.method === 'TEARDOWN') this.#session(request)?.end(true);
      return;
    }
    const session = this.#session(request);
    if (quirks.framing?.mediaBeforePlayReply) {
      session?.play();
      setTimeout(() => this.#writer.write(bytes), 100);
    } else {
      this.#writer.write(bytes);
      session?.play();
    }
    for (const method of quirks.framing?.serverRequests ?? []) this.#ask(method, found.path);
  }

  #replyWithoutPath(request: RtspRequest): CameraReply {
    return request.method === 'OPTIONS' ? { status: 200, headers: [['Public', DEFAULT_PUBLIC]] } : { status: 404 };
  }

  async #replyTo(
    request: RtspRequest,
    path: CameraPath,
    login: CameraLogin | undefined,
  ): Promise<CameraReply | undefined> {
    const { reply = {}, life = {}, urls = {} } = path.options.quirks ?? {};
    if (reply.version2Only && request.version !== '2.0') return { status: 505 };
    if (reply.needsUserAgent && !headerValue(request.headers, 'user-agent')) return { status: 401 };
    const refused = login?.refuse(request);
    if (refused) return { status: 401, headers: refused };
    const forced = reply.statusOf?.[request.method];
    if (forced !== undefined) return { status: forced };
    const session = this.#session(request);
    session?.keepAlive(request.method);
    if (session?.isPlaying && life.keepAliveUnanswered && !['PAUSE', 'TEARDOWN'].includes(request.method))
      return undefined;
    switch (request.method) {
      case 'OPTIONS':
        return options(path);
      case 'DESCRIBE':
        return this.#describe(path);
      case 'SETUP':
        return this.#setUp(request, path);
      case 'PLAY':
        if (urls.playUrl && request.url !== this.#fill(path)(urls.playUrl)) return { status: 404 };
        return session ? this.#play(request, session) : { status: 454 };
      case 'PAUSE':
        session?.pause();
        return session ? { status: 200, headers: [['Session', session.id]] } : { status: 454 };
      case 'TEARDOWN':
        return session ? OK : { status: 454 };
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return session || !headerValue(request.headers, 'session') ? OK : { status: 454 };
      default:
        return { status: 501 };
    }
  }

  #describe(path: CameraPath): CameraReply {
    const { reply = {}, urls = {} } = path.options.quirks ?? {};
    const fill = this.#fill(path);
    if (urls.redirect) return { status: urls.redirect.status, headers: [['Location', fill(urls.redirect.location)]] };
    if (reply.singleDescribe && this.#described) return { status: 400 };
    this.#described = true;
    const headers: [string, string][] = [];
    if (urls.contentBase !== 'missing')
      headers.push(['Content-Base', fill(urls.contentBase ?? 'rtsp://{host}:{port}{path}/')]);
    if (urls.contentLocation) headers.push(['Content-Location', fill(urls.contentLocation)]);
    if (reply.contentType !== 'missing')
      headers.push(['Content-Type', `application/sdp${reply.contentType === 'with-charset' ? '; charset=utf-8' : ''}`]);
    return { status: 200, headers, body: describePath(path, this.#addresses.localAddress, fill) };
  }

  async #setUp(request: RtspRequest, path: CameraPath): Promise<CameraReply> {
    const { transport = {}, urls = {} } = path.options.quirks ?? {};
    const number = trackOf(request.url, path);
    const wanted = urls.setupUrl?.replace('{n}', `${number}`);
    if (wanted !== undefined && request.url !== this.#fill(path)(wanted)) return { status: 404 };
    const session = this.#session(request) ?? this.#host.openSession(path);
    if (!session) return { status: 453 };
    const isNew = !this.#sessions.has(session);
    this.#sessions.add(session);
    session.onEnd(() => this.#sessions.delete(session));
    const header = headerValue(request.headers, 'transport') ?? '';
    const { remoteAddress, localAddress } = this.#addresses;
    const answer = await setUpTransport(session, number, header, this.#writer, remoteAddress, localAddress);
    if (!answer) {
      if (isNew) session.end();
      return { status: 461 };
    }
    const id = transport.newSessionPerSetup && !isNew ? `${session.id}FF` : session.id;
    const suffix = transport.sessionSuffix ?? ';timeout=60';
    return {
      status: 200,
      headers: [
        ['Transport', answer],
        ['Session', `${id}${suffix}`],
      ],
    };
  }

  #play(request: RtspRequest, session: CameraSession): CameraReply {
    const { transport = {} } = session.path.options.quirks ?? {};
    const hasRange = headerValue(request.headers, 'range') !== undefined;
    if ((transport.range === 'required' && !hasRange) || (transport.range === 'refused' && hasRange))
      return { status: 457 };
    const headers: [string, string][] = [['Session', session.id]];
    const info = session.tracks().map(([track, stream]) => {
      return `url=${targetOf(request.url)}/trackID=${track};seq=${stream.nextSequence};rtptime=${stream.lastTimestamp}`;
    });
    if (transport.rtpInfo !== 'missing') headers.push(['RTP-Info', transport.rtpInfo ?? info.join(',')]);
    return { status: 200, headers };
  }

  #session(request: RtspRequest): CameraSession | undefined {
    const id = headerValue(request.headers, 'session')?.split(';')[0]?.trim();
    return id === undefined ? undefined : this.#host.findSession(id);
  }

  #fill(path: CameraPath): (pattern: string) => string {
    const { localAddress, localPort } = this.#addresses;
    return (pattern) =>
      pattern.replace('{host}', localAddress).replace('{port}', `${localPort}`).replace('{path}', path.options.path);
  }

  #ask(method: string, path: CameraPath): void {
    const { localAddress, localPort } = this.#addresses;
    const url = `rtsp://${localAddress}:${localPort}${path.options.path}`;
    const isAnnounce = method === 'ANNOUNCE';
    const headers: [string, string][] = [['CSeq', `${this.#serverCseq++}`]];
    if (method === 'REDIRECT') headers.push(['Location', url]);
    if (isAnnounce) headers.push(['Content-Type', 'application/sdp']);
    const body = Buffer.from(isAnnounce ? describePath(path, localAddress, this.#fill(path)) : '');
    this.#writer.write(serializeRtspMessage({ kind: 'request', method, url, version: '1.0', headers, body }));
  }
}

function options(path: CameraPath): CameraReply {
  const { optionsStatus = 200, publicMethods = DEFAULT_PUBLIC } = path.options.quirks?.reply ?? {};
  return { status: optionsStatus, headers: publicMethods === 'missing' ? [] : [['Public', publicMethods]] };
}

/** The path of a request's URL, query included. */
function targetOf(url: string): string {
  return url.replace(/^rtsps?:\/\/[^/]*/, '');
}

/** What follows the path names the track; the first digit in it is enough. */
function trackOf(url: string, path: CameraPath): number {
  const rest = targetOf(url).slice(path.options.path.length);
  return Number(/\d/.exec(rest)?.[0] ?? 0);
}
