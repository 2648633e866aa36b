import { headerValue, type RtspHeaders, type RtspRequest, type RtspResponse } from './message.ts';
import { parseTransportOffers, type TransportOffer } from './transport-header.ts';

/** What a client asks of our server, if its request can be understood. */
export type ServerCommand =
  | { readonly kind: 'options' }
  | { readonly kind: 'describe'; readonly target: RequestTarget }
  | { readonly kind: 'setup'; readonly target: RequestTarget; readonly offers: readonly TransportOffer[] }
  | { readonly kind: 'play' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'teardown' }
  /** GET_PARAMETER and SET_PARAMETER keep a session alive, whatever they ask. */
  | { readonly kind: 'keep-alive' }
  | { readonly kind: 'refused'; readonly reply: ServerReply };

export type RequestTarget = {
  /** The address of the stream as the client writes it. Control addresses are built from it. */
  readonly base: string;
  /** Path and query after the host, without a slash at the end. */
  readonly path: string;
  readonly track?: number;
};

export type ServerReply = {
  readonly status: number;
  /** The reason that people read in the client's log. When absent, the standard's words are used. */
  readonly reason?: string;
  readonly headers?: RtspHeaders;
  readonly body?: Uint8Array;
};

export const SERVER_METHODS = 'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER';
const SUPPORTED_FEATURES: ReadonlySet<string> = new Set(['play.basic', 'setup.rtp.rtcp.mux']);
/** Methods of the standard that this server refuses: recording to us, and those that only servers send. */
const DISALLOWED_METHODS: ReadonlySet<string> = new Set(['ANNOUNCE', 'RECORD', 'REDIRECT', 'PLAY_NOTIFY']);

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  453: 'Not Enough Bandwidth',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  461: 'Unsupported Transport',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  551: 'Option not supported',
};

export function interpretRequest(request: RtspRequest): ServerCommand {
  const unsupported = unsupportedFeatures(request);
  if (unsupported.length > 0)
    return { kind: 'refused', reply: { status: 551, headers: [['Unsupported', unsupported.join(', ')]] } };
  switch (request.method) {
    case 'OPTIONS':
      return { kind: 'options' };
    case 'DESCRIBE':
      return { kind: 'describe', target: parseTarget(request.url) };
    case 'SETUP':
      return interpretSetup(request);
    case 'PLAY':
      return { kind: 'play' };
    case 'PAUSE':
      return { kind: 'pause' };
    case 'TEARDOWN':
      return { kind: 'teardown' };
    case 'GET_PARAMETER':
    case 'SET_PARAMETER':
      return { kind: 'keep-alive' };
    default: {
      const isDisallowed = DISALLOWED_METHODS.has(request.method);
      const headers: RtspHeaders = [[isDisallowed ? 'Allow' : 'Public', SERVER_METHODS]];
      return { kind: 'refused', reply: { status: isDisallowed ? 405 : 501, headers } };
    }
  }
}

/** The id in a request's Session header. */
export function sessionIdOf(request: RtspRequest): string | undefined {
  return headerValue(request.headers, 'session')?.split(';')[0]?.trim();
}

/** RTSP 2.0: requests that belong together although no session id is known yet (RFC 7826 clause 18.33). */
export function pipelineOf(request: RtspRequest): string | undefined {
  return request.version === '2.0' ? headerValue(request.headers, 'pipelined-requests')?.trim() : undefined;
}

export function toResponse(request: RtspRequest, reply: ServerReply): RtspResponse {
  const cseq = headerValue(request.headers, 'cseq');
  const pipeline = pipelineOf(request);
  const headers: [string, string][] = [];
  if (cseq !== undefined) headers.push(['CSeq', cseq]);
  if (pipeline !== undefined) headers.push(['Pipelined-Requests', pipeline]);
  return {
    kind: 'response',
    version: request.version,
    status: reply.status,
    reason: singleLine(reply.reason ?? REASONS[reply.status] ?? 'Error'),
    headers: [...headers, ['Server', 'Oriel'], ...(reply.headers ?? [])],
    body: reply.body ?? new Uint8Array(0),
  };
}

function interpretSetup(request: RtspRequest): ServerCommand {
  const header = headerValue(request.headers, 'transport');
  if (header === undefined)
    return { kind: 'refused', reply: { status: 400, reason: 'SETUP needs a Transport header' } };
  return { kind: 'setup', target: parseTarget(request.url), offers: parseTransportOffers(header) };
}

/** Vendor paths carry a query, and clients put the track behind it: only the end of the address tells. */
function parseTarget(url: string): RequestTarget {
  const [, scheme = 'rtsp://', authority = '', rest = ''] = /^(rtsp[su]?:\/\/)?([^/]*)(.*)$/i.exec(url) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const match = /\/trackID=(\d{1,3})\/?$/.exec(rest);
  const path = (match ? rest.slice(0, match.index) : rest).replace(/\/+$/, '');
  return { base: `${scheme}${host}${path}`, path, ...(match ? { track: Number(match[1]) } : {}) };
}

function unsupportedFeatures(request: RtspRequest): string[] {
  const required = headerValue(request.headers, 'require') ?? '';
  return required
    .split(',')
    .map((feature) => feature.trim())
    .filter((feature) => feature !== '' && !SUPPORTED_FEATURES.has(feature));
}

/** A reason ends with its line and is ASCII by RFC 2326. */
function singleLine(reason: string): string {
  return reason.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
}
