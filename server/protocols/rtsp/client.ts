import { GatewayError } from '../../platform/errors.ts';
import type { Credentials } from './auth.ts';
import { ClientAuth } from './client-auth.ts';
import { errorOfStatus } from './client-errors.ts';
import {
  type AgreedTransport,
  parseAgreedTransport,
  serializeTransportRequest,
  type TransportRequest,
} from './client-transport.ts';
import {
  headerValue,
  headerValues,
  type RtspHeaders,
  type RtspMessage,
  type RtspRequest,
  type RtspResponse,
  type RtspVersion,
  serializeRtspMessage,
} from './message.ts';
import { type OfferedTrack, selectTracks } from './offered-tracks.ts';
import { parseSdp } from './sdp.ts';

import { baseUrl, controlUrl, type RtspUrl, requestUrl } from './url.ts';

export type RtspClientTransport = 'tcp' | 'udp' | 'multicast';

export type RtspClientOptions = {
  readonly url: RtspUrl;
  readonly credentials?: Credentials;
  /** This camera took a Digest answer before. */
  readonly takesDigest?: boolean;
  readonly transport: RtspClientTransport;
  readonly userAgent: string;
  /** Random; used when the camera offers qop. */
  readonly clientNonce: string;
};

/** What the owner of the socket has to do. */
export type RtspAction =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** UDP: bind two ports and call `bound`. */
  | { readonly kind: 'bind' }
  /** The camera agreed how this track travels. */
  | { readonly kind: 'route'; readonly track: OfferedTrack; readonly transport: AgreedTransport }
  /** Every track has its transport and PLAY is about to be sent, so media may come from now on. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'playing'; readonly keepAliveMs: number }
  | { readonly kind: 'redirect'; readonly location: string }
  /** The camera wants the other transport; begin anew with it on a fresh connection. */
  | { readonly kind: 'use-transport'; readonly transport: RtspClientTransport }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly error: GatewayError };

type Step = 'options' | 'describe' | 'setup' | 'play' | 'playing' | 'closing';

type Pending = {
  readonly method: string;
  readonly url: string;
  readonly headers: RtspHeaders;
  readonly hadAnswer: boolean;
  readonly attempt: number;
};

const MAX_ATTEMPTS = 5;
const DEFAULT_TIMEOUT_S = 60;
const MIN_TIMEOUT_S = 10;
const MAX_TIMEOUT_S = 120;
const MAX_PENDING = 8;
const MAX_KEEP_ALIVE_MS = 25_000;
const NO_BODY = new Uint8Array(0);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 305]);
const ANSWERED: ReadonlySet<string> = new Set([
  'OPTIONS',
  'GET_PARAMETER',
  'SET_PARAMETER',
  'ANNOUNCE',
  'REDIRECT',
  'PLAY_NOTIFY',
]);
const WRONG_BASE: ReadonlySet<number> = new Set([400, 404, 454]);

/** One RTSP session as seen by the client: messages in, actions out. It owns no socket and no timer. */
export class RtspClient {
  readonly #options: RtspClientOptions;
  readonly #auth: ClientAuth;
  readonly #pending = new Map<number, Pending>();
  #actions: RtspAction[] = [];
  #step: Step = 'options';
  #version: RtspVersion = '1.0';
  #sequence = 0;
  #methods: ReadonlySet<string> = new Set();
  #base: string;
  #offered: readonly OfferedTrack[] = [];
  #setUp = 0;
  #session: string | undefined;
  #timeoutS = DEFAULT_TIMEOUT_S;

  constructor(options: RtspClientOptions) {
    this.#options = options;
    this.#auth = new ClientAuth(options.credentials, options.clientNonce, options.takesDigest);
    this.#base = requestUrl(options.url);
  }

  get takesDigest(): boolean {
    return this.#auth.takesDigest;
  }

  start(): RtspAction[] {
    this.#request('OPTIONS', this.#base);
    return this.#take();
  }

  /** The two local ports for the track that `bind` asked for. */
  bound(ports: readonly [rtp: number, rtcp: number]): RtspAction[] {
    this.#sendSetup({ kind: 'udp', clientPorts: ports });
    return this.#take();
  }

  receive(message: RtspMessage): RtspAction[] {
    if (message.kind === 'request') this.#answer(message);
    else this.#receiveResponse(message);
    return this.#take();
  }

  /** Must be called at the interval that `playing` named. The reply is not awaited, because some cameras never send one. */
  keepAlive(): RtspAction[] {
    if (this.#step !== 'playing') return [];
    this.#forgetOldRequests();
    // GW Security fails on GET_PARAMETER and others close the connection: only what Public lists is sent.
    this.#request(this.#methods.has('GET_PARAMETER') ? 'GET_PARAMETER' : 'OPTIONS', this.#base);
    return this.#take();
  }

  /** Ends the session on the camera; `closed` follows with its answer, or at once when there is no session. */
  teardown(): RtspAction[] {
    const hasSession = this.#session !== undefined && this.#step !== 'closing';
    this.#step = 'closing';
    if (hasSession) this.#request('TEARDOWN', this.#base);
    else this.#actions.push({ kind: 'closed' });
    return this.#take();
  }

  #take(): RtspAction[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #request(method: string, url: string, headers: RtspHeaders = [], attempt = 1): void {
    const sequence = ++this.#sequence;
    const answer = this.#auth.answer(method, url);
    this.#pending.set(sequence, { method, url, headers, hadAnswer: answer !== undefined, attempt });
    const all: [string, string][] = [
      ['CSeq', String(sequence)],
      ['User-Agent', this.#options.userAgent],
      ...headers.map(([name, value]): [string, string] => [name, value]),
    ];
    if (this.#session !== undefined) all.push(['Session', this.#session]);
    if (answer !== undefined) all.push(['Authorization', answer]);
    if (this.#version === '2.0') all.push(['Supported', 'play.basic']);
    const request: RtspRequest = { kind: 'request', method, url, version: this.#version, headers: all, body: NO_BODY };
    this.#actions.push({ kind: 'send', bytes: serializeRtspMessage(request) });
  }

  #receiveResponse(response: RtspResponse): void {
    const pending = this.#takePending(headerValue(response.headers, 'cseq'));
    if (!pending || response.status < 200) return;
    const again = (): void => this.#request(pending.method, pending.url, pending.headers, pending.attempt + 1);
    if (this.#step === 'closing') {
      if (pending.method === 'TEARDOWN') this.#actions.push({ kind: 'closed' });
      return;
    }
    if (response.status === 401) {
      const wwwAuthenticate = headerValues(response.headers, 'www-authenticate');
      const error = this.#auth.refused(wwwAuthenticate, pending.hadAnswer);
      if (!error && pending.attempt < MAX_ATTEMPTS) again();
      // Some cameras require a password for OPTIONS only.
      else if (error?.code === 'needs-password' && pending.method === 'OPTIONS') this.#dispatch(pending, response);
      else this.#fail(error ?? errorOfStatus(pending.method, 401, ''));
    } else if (response.status === 505 && this.#version === '1.0') {
      this.#version = '2.0';
      again();
    } else {
      if (pending.hadAnswer) this.#auth.accepted();
      this.#dispatch(pending, response);
    }
  }

  /** Some servers omit CSeq, which means the oldest request, or send back another one, whose meaning nobody knows. */
  #takePending(sequence: string | undefined): Pending | undefined {
    const key = sequence === undefined ? this.#pending.keys().next().value : Number.parseInt(sequence, 10);
    if (key === undefined) return undefined;
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    return pending;
  }

  #dispatch(pending: Pending, response: RtspResponse): void {
    const location = headerValue(response.headers, 'location');
    if (REDIRECTS.has(response.status) && location) this.#actions.push({ kind: 'redirect', location });
    else if (this.#step === 'playing') this.#afterKeepAlive(response);
    else if (pending.method === 'OPTIONS') this.#afterOptions(response);
    else if (pending.method === 'DESCRIBE') this.#afterDescribe(response);
    else if (pending.method === 'SETUP') this.#afterSetup(response);
    else if (pending.method === 'PLAY') this.#afterPlay(pending, response);
  }

  /** A refused keep-alive is no reason to stop, but a session that the camera has forgotten is. */
  #afterKeepAlive(response: RtspResponse): void {
    if (response.status === 454) this.#fail(errorOfStatus('GET_PARAMETER', 454, ''));
  }

  /** Some cameras answer 404 or 501 here and play nevertheless. */
  #afterOptions(response: RtspResponse): void {
    const offered = headerValue(response.headers, 'public') ?? '';
    this.#methods = new Set(offered.split(',').map((method) => method.trim().toUpperCase()));
    this.#step = 'describe';
    this.#request('DESCRIBE', this.#base, [['Accept', 'application/sdp']]);
  }

  #afterDescribe(response: RtspResponse): void {
    if (response.status !== 200) {
      this.#fail(errorOfStatus('DESCRIBE', response.status, response.reason));
      return;
    }
    try {
      const description = parseSdp(Buffer.from(response.body).toString('utf8'));
      const control = description.attributes.find(([name]) => name.toLowerCase() === 'control')?.[1];
      this.#base = baseUrl(this.#options.url, [
        control?.includes('://') ? control : undefined,
        headerValue(response.headers, 'content-base'),
        headerValue(response.headers, 'content-location'),
      ]);
      this.#offered = selectTracks(description);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#fail(error);
      return;
    }
    this.#step = 'setup';
    this.#setupNext();
  }

  #setupNext(): void {
    if (this.#setUp >= this.#offered.length) {
      this.#step = 'play';
      this.#actions.push({ kind: 'ready' });
      this.#request('PLAY', this.#base, [['Range', 'npt=0.000-']]);
    } else if (this.#options.transport === 'udp') this.#actions.push({ kind: 'bind' });
    else if (this.#options.transport === 'multicast') this.#sendSetup({ kind: 'multicast' });
    else this.#sendSetup({ kind: 'tcp', channels: this.#ownChannels() });
  }

  #ownChannels(): readonly [number, number] {
    return [this.#setUp * 2, this.#setUp * 2 + 1];
  }

  #sendSetup(transport: TransportRequest): void {
    const url = controlUrl(this.#options.url, this.#base, this.#offered[this.#setUp]?.control);
    const headers: [string, string][] = [['Transport', serializeTransportRequest(transport, this.#version)]];
    if (this.#version === '2.0') headers.push(['Accept-Ranges', 'npt']);
    this.#request('SETUP', url, headers);
  }

  #afterSetup(response: RtspResponse): void {
    if (response.status !== 200) {
      this.#afterRefusedSetup(response);
      return;
    }
    this.#adoptSession(headerValue(response.headers, 'session'));
    const header = headerValue(response.headers, 'transport');
    const asked = this.#options.transport;
    const agreed: AgreedTransport = header
      ? parseAgreedTransport(header)
      : { lower: asked === 'tcp' ? 'tcp' : 'udp', multicast: asked === 'multicast' };
    if ((agreed.lower === 'tcp') !== (asked === 'tcp')) {
      this.#switchTransport();
      return;
    }
    const channels = agreed.lower === 'tcp' ? { channels: agreed.channels ?? this.#ownChannels() } : {};
    const track = this.#offered[this.#setUp] as OfferedTrack;
    this.#actions.push({ kind: 'route', track, transport: { ...agreed, ...channels } });
    this.#setUp++;
    this.#setupNext();
  }

  #afterRefusedSetup(response: RtspResponse): void {
    if (response.status === 461) {
      this.#switchTransport();
      return;
    }
    const ownBase = requestUrl(this.#options.url);
    if (WRONG_BASE.has(response.status) && this.#setUp === 0 && this.#base !== ownBase) {
      this.#base = ownBase;
      this.#setupNext();
    } else if (this.#setUp > 0) {
      this.#setUp++; // When the sound is refused, the picture is still played.
      this.#setupNext();
    } else this.#fail(errorOfStatus('SETUP', response.status, response.reason));
  }

  #switchTransport(): void {
    if (this.#options.transport === 'multicast') {
      this.#fail(errorOfStatus('SETUP', 461, ''));
      return;
    }
    this.#actions.push({ kind: 'use-transport', transport: this.#options.transport === 'tcp' ? 'udp' : 'tcp' });
  }

  #afterPlay(pending: Pending, response: RtspResponse): void {
    const hadRange = pending.headers.length > 0;
    if (response.status === 200) {
      this.#step = 'playing';
      const keepAliveMs = Math.min(this.#timeoutS * 500, MAX_KEEP_ALIVE_MS);
      this.#actions.push({ kind: 'playing', keepAliveMs });
    } else if (hadRange && (response.status === 457 || response.status === 400)) this.#request('PLAY', this.#base);
    else this.#fail(errorOfStatus('PLAY', response.status, response.reason));
  }

  /** Some cameras name another session with the second SETUP; the first is the one that lives. */
  #adoptSession(header: string | undefined): void {
    if (header === undefined || this.#session !== undefined) return;
    this.#session = (header.split(';')[0] as string).trim();
    const seconds = Number(/timeout\s*=\s*(\d+)/i.exec(header)?.[1] ?? 0) || DEFAULT_TIMEOUT_S;
    this.#timeoutS = Math.max(MIN_TIMEOUT_S, Math.min(seconds, MAX_TIMEOUT_S));
  }

  /** Recorders and ONVIF devices send requests of their own. */
  #answer(request: RtspRequest): void {
    const sequence = headerValue(request.headers, 'cseq');
    const isKnown = ANSWERED.has(request.method);
    const response: RtspResponse = {
      kind: 'response',
      version: request.version,
      status: isKnown ? 200 : 501,
      reason: isKnown ? 'OK' : 'Not Implemented',
      headers: sequence === undefined ? [] : [['CSeq', sequence]],
      body: NO_BODY,
    };
    this.#actions.push({ kind: 'send', bytes: serializeRtspMessage(response) });
    const location = headerValue(request.headers, 'location');
    if (request.method === 'REDIRECT' && location) this.#actions.push({ kind: 'redirect', location });
    if (request.method === 'ANNOUNCE')
      this.#fail(new GatewayError('camera-closed', 'The camera announced another stream; Oriel connects anew.'));
  }

  #forgetOldRequests(): void {
    for (const sequence of this.#pending.keys()) {
      if (this.#pending.size < MAX_PENDING) return;
      this.#pending.delete(sequence);
    }
  }

  #fail(error: GatewayError): void {
    this.#actions.push({ kind: 'failed', error });
  }
}
