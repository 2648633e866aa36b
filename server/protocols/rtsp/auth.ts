import { createHash, timingSafeEqual } from 'node:crypto';

export type Credentials = { readonly username: string; readonly password: string };

export type BasicChallenge = { readonly scheme: 'basic'; readonly realm: string };
export type DigestChallenge = {
  readonly scheme: 'digest';
  readonly realm: string;
  readonly nonce: string;
  /** The algorithm as offered. Absent means MD5; then none is sent back, because some servers refuse an unexpected one. */
  readonly algorithm?: string;
  readonly opaque?: string;
  /** The server offered qop=auth (RFC 2617); without it the older form of RFC 2069 applies. */
  readonly qop?: boolean;
  /** The password was right, only the nonce is too old. */
  readonly stale?: boolean;
};
export type Challenge = BasicChallenge | DigestChallenge;

/** What the client adds to a request. Both values are only used with qop. */
export type DigestNumbers = { readonly clientNonce: string; readonly count: number };

export type Authorization =
  | ({ readonly scheme: 'basic' } & Credentials)
  | ({ readonly scheme: 'digest' } & DigestResponse);

export type DigestResponse = {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm?: string;
  readonly qop?: string;
  readonly clientNonce?: string;
  readonly count?: string;
};

const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };
const PARAMETER = /[\s,]*([A-Za-z0-9_-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]*)))?/y;

/**
 * All challenges we can answer, in the order to try them: Digest as listed, then Basic. Several may share one header line
 * (RFC 7235 clause 4.1); unknown parameters (Hikvision sends random=) are ignored.
 */
export function parseChallenges(headerValues: readonly string[]): Challenge[] {
  const challenges = headerValues.flatMap(splitSchemes).flatMap(({ scheme, parameters }) => {
    const challenge = toChallenge(scheme, parameters);
    return challenge ? [challenge] : [];
  });
  return [
    ...challenges.filter((challenge) => challenge.scheme === 'digest'),
    ...challenges.filter((challenge) => challenge.scheme === 'basic'),
  ];
}

export function serializeChallenge(challenge: Challenge): string {
  if (challenge.scheme === 'basic') return `Basic realm=${quote(challenge.realm)}`;
  const parts = [`realm=${quote(challenge.realm)}`, `nonce=${quote(challenge.nonce)}`];
  if (challenge.opaque !== undefined) parts.push(`opaque=${quote(challenge.opaque)}`);
  if (challenge.algorithm) parts.push(`algorithm=${challenge.algorithm}`);
  if (challenge.qop) parts.push('qop="auth"');
  if (challenge.stale) parts.push('stale=TRUE');
  return `Digest ${parts.join(', ')}`;
}

/** The client's answer. `uri` must be the very string of the request line. */
export function serializeAuthorization(
  challenge: Challenge,
  credentials: Credentials,
  request: { readonly method: string; readonly uri: string },
  numbers: DigestNumbers,
): string {
  if (challenge.scheme === 'basic') {
    return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  }
  const count = numbers.count.toString(16).padStart(8, '0');
  const answer: Omit<DigestResponse, 'response'> = {
    username: credentials.username,
    realm: challenge.realm,
    nonce: challenge.nonce,
    uri: request.uri,
    ...(challenge.algorithm ? { algorithm: challenge.algorithm } : {}),
    ...(challenge.qop ? { qop: 'auth', clientNonce: numbers.clientNonce, count } : {}),
  };
  const parts = [
    `username=${quote(answer.username)}`,
    `realm=${quote(answer.realm)}`,
    `nonce=${quote(answer.nonce)}`,
    `uri=${quote(answer.uri)}`,
    `response="${digest(answer, request.method, credentials.password)}"`,
  ];
  if (challenge.algorithm) parts.push(`algorithm=${challenge.algorithm}`);
  if (challenge.opaque !== undefined) parts.push(`opaque=${quote(challenge.opaque)}`);
  if (challenge.qop) parts.push('qop=auth', `nc=${count}`, `cnonce=${quote(numbers.clientNonce)}`);
  return `Digest ${parts.join(', ')}`;
}

/** What a client sent; undefined when it is neither Basic nor a complete Digest. */
export function parseAuthorization(value: string): Authorization | undefined {
  const basic = /^\s*Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(value);
  if (basic) {
    const text = Buffer.from(basic[1] as string, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon === -1) return undefined;
    return { scheme: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  const [first] = splitSchemes(value);
  if (first?.scheme !== 'digest') return undefined;
  const { username, realm, nonce, uri, response, algorithm, qop, cnonce, nc } = first.parameters;
  if (username === undefined || nonce === undefined || uri === undefined || response === undefined) return undefined;
  return {
    scheme: 'digest',
    username,
    realm: realm ?? '',
    nonce,
    uri,
    response: response.toLowerCase(),
    ...(algorithm ? { algorithm } : {}),
    ...(qop ? { qop, clientNonce: cnonce ?? '', count: nc ?? '' } : {}),
  };
}

/** Whether this Digest was made with this password. The caller checks that nonce, realm and uri are its own. */
export function isDigestOf(answer: DigestResponse, method: string, password: string): boolean {
  if (hashName(answer.algorithm) === undefined) return false;
  const expected = Buffer.from(digest(answer, method, password));
  const given = Buffer.from(answer.response);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** RFC 2617 clause 3.2.2.1; SHA-256 by RFC 7616. */
function digest(answer: Omit<DigestResponse, 'response'>, method: string, password: string): string {
  const hash = (text: string): string =>
    createHash(hashName(answer.algorithm) ?? 'md5')
      .update(text)
      .digest('hex');
  const { nonce, clientNonce = '', count = '' } = answer;
  let secret = hash(`${answer.username}:${answer.realm}:${password}`);
  if (/-sess$/i.test(answer.algorithm ?? '')) secret = hash(`${secret}:${nonce}:${clientNonce}`);
  const action = hash(`${method}:${answer.uri}`);
  if (!answer.qop) return hash(`${secret}:${nonce}:${action}`);
  return hash(`${secret}:${nonce}:${count}:${clientNonce}:${answer.qop}:${action}`);
}

function hashName(algorithm: string | undefined): string | undefined {
  return HASHES[(algorithm ?? 'MD5').toUpperCase().replace(/-SESS$/, '')];
}

type SchemeParameters = { readonly scheme: string; readonly parameters: Record<string, string> };

function splitSchemes(value: string): SchemeParameters[] {
  const schemes: SchemeParameters[] = [];
  PARAMETER.lastIndex = 0;
  for (let match = PARAMETER.exec(value); match; match = PARAMETER.exec(value)) {
    const name = (match[1] as string).toLowerCase();
    const parameter = match[2]?.replace(/\\(.)/g, '$1') ?? match[3];
    if (parameter !== undefined) {
      const parameters = schemes.at(-1)?.parameters;
      if (parameters) parameters[name] ??= parameter;
    } else if (name === 'basic' || name === 'digest') schemes.push({ scheme: name, parameters: {} });
  }
  return schemes;
}

function toChallenge(scheme: string, parameters: Record<string, string>): Challenge | undefined {
  const { realm = '', nonce, algorithm, opaque, qop, stale } = parameters;
  if (scheme === 'basic') return { scheme: 'basic', realm };
  if (nonce === undefined || hashName(algorithm) === undefined) return undefined;
  return {
    scheme: 'digest',
    realm,
    nonce,
    ...(algorithm ? { algorithm } : {}),
    ...(opaque === undefined ? {} : { opaque }),
    ...(qop?.split(',').some((value) => value.trim().toLowerCase() === 'auth') ? { qop: true } : {}),
    ...(stale?.toLowerCase() === 'true' ? { stale: true } : {}),
  };
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
