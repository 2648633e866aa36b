import { hasControlCharacters } from '../../../shared/plain-text.ts';
import { SOURCE_KINDS } from '../../../shared/source-kinds.ts';
import { GatewayError } from '../../platform/errors.ts';

export type RtspScheme = 'rtsp' | 'rtsps' | 'ws' | 'wss';

export type RtspUrl = {
  readonly scheme: RtspScheme;
  readonly host: string;
  readonly port: number;
  /** Path and query exactly as typed: Digest and some cameras compare the very bytes. */
  readonly target: string;
  readonly username?: string;
  readonly password?: string;
};

const DEFAULT_PORTS: Readonly<Record<RtspScheme, number>> = SOURCE_KINDS.rtsp.schemes;
/** A name or IPv4 address, an IPv6 address in brackets or, as some people type it, without. */
const HOST = /^(?:\[[^\]\s]+\]|[^\s/?#@:[\]]+|[\da-f:.]*::[\da-f:.]*(?:%\w+)?|(?:[\da-f]{1,4}:){7}[\da-f]{1,4})$/i;

/**
 * Splits a camera URL as people type it. The URL class cannot do this: a password with `#`, `/` or `?` makes it throw,
 * and it rewrites paths. Credentials end at the last `@` that has a host behind it.
 */
export function parseRtspUrl(text: string): RtspUrl {
  if (hasControlCharacters(text.trim())) throw invalid('It holds a line end or another control character.');
  const match = /^(?:(rtsps?|rtspsu?|wss?):\/\/)+(.*)$/is.exec(text.trim());
  const scheme = match?.[1]?.toLowerCase();
  if (!match || !isScheme(scheme)) throw invalid('It has to begin with rtsp:// or rtsps://.');
  const rest = match[2] as string;
  const at = endOfCredentials(rest);
  const address = at === -1 ? rest : rest.slice(at + 1);
  const authority = /^[^/?#]*/.exec(address)?.[0] ?? '';
  const split = splitAuthority(authority);
  if (!split) throw invalid('The part with host and port cannot be read.');
  const target = address.slice(authority.length);
  return {
    scheme,
    host: split.host,
    port: split.port ?? DEFAULT_PORTS[scheme],
    target: withoutSrtpSwitch(target),
    ...(at === -1 ? {} : splitCredentials(rest.slice(0, at))),
  };
}

/** The URL for request lines: without credentials and default port, and always with an rtsp scheme. */
export function requestUrl(url: RtspUrl): string {
  const scheme = url.scheme === 'rtsps' || url.scheme === 'wss' ? 'rtsps' : 'rtsp';
  const host = url.host.includes(':') ? `[${url.host.replace(/%.*$/, '')}]` : url.host;
  const port = url.port === DEFAULT_PORTS[url.scheme] ? '' : `:${url.port}`;
  return `${scheme}://${host}${port}${url.target}`;
}

/**
 * The URL that controls are appended to. Hosts that cameras put into Content-Base are often wrong (NAT, IPv6 forms, no
 * scheme at all), so only the path is taken from it; host and port stay those that were dialled.
 */
export function baseUrl(dialled: RtspUrl, candidates: readonly (string | undefined)[]): string {
  const found = candidates.find((candidate) => candidate && candidate !== '*');
  return requestUrl(found === undefined ? dialled : { ...dialled, target: targetOf(found) });
}

/**
 * The URL of one track. Controls are appended, also behind a query (`…&subtype=0/trackID=0`, Dahua), never resolved as a
 * browser would; absolute ones (Hikvision) keep their path and query on the dialled host.
 */
export function controlUrl(dialled: RtspUrl, base: string, control: string | undefined): string {
  if (!control || control === '*') return base;
  if (/^\w+:\/\//.test(control)) return requestUrl({ ...dialled, target: targetOf(control) });
  if (control.startsWith('/') && base.endsWith('/')) return base + control.slice(1);
  if (control.startsWith('/') || control.startsWith('?') || base.endsWith('/')) return base + control;
  return `${base}/${control}`;
}

/** Path and query of a URL that may lack a scheme or hold a host that cannot be parsed. */
export function targetOf(text: string): string {
  if (text.startsWith('/')) return text;
  const address = text.replace(/^(?:\w+:\/\/)+/, '');
  const start = address.search(/[/?]/);
  return start === -1 ? '' : address.slice(start);
}

/** Every `@` is a candidate. The last one that is followed by a host wins, because passwords may contain any of `@/?#`. */
function endOfCredentials(rest: string): number {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  if (!authority.includes('@') && splitAuthority(authority)) return -1;
  for (let at = rest.lastIndexOf('@'); at > 0; at = rest.lastIndexOf('@', at - 1)) {
    const behind = /^[^/?#@]*/.exec(rest.slice(at + 1))?.[0] ?? '';
    const isInAuthority = at < authority.length;
    const hasPath = rest[at + 1 + behind.length] === '/';
    if (splitAuthority(behind) && (isInAuthority || hasPath || /[.:]/.test(behind))) return at;
  }
  return authority.lastIndexOf('@');
}

function splitAuthority(authority: string): { host: string; port: number | undefined } | undefined {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority);
  const host = match ? (match[1] as string) : authority;
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (!HOST.test(host) || port === 0 || (port ?? 0) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port };
}

function splitCredentials(text: string): { username: string; password: string } {
  const colon = text.indexOf(':');
  const username = colon === -1 ? text : text.slice(0, colon);
  return { username: decode(username), password: decode(colon === -1 ? '' : text.slice(colon + 1)) };
}

/** Decodes valid percent escapes. A lone % in a password is kept. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** UniFi offers `?enableSrtp`, which would make it send SRTP with keys in the SDP. */
function withoutSrtpSwitch(target: string): string {
  return target.replace(/\?enableSrtp$/i, '').replace(/([?&])enableSrtp&/i, '$1');
}

function isScheme(scheme: string | undefined): scheme is RtspScheme {
  return scheme !== undefined && scheme in DEFAULT_PORTS;
}

function invalid(hint: string): GatewayError {
  return new GatewayError('config-invalid', `This is not a camera address. ${hint}`);
}
