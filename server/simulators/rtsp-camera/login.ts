import { randomBytes } from 'node:crypto';
import {
  type Authorization,
  type Challenge,
  type DigestResponse,
  isDigestOf,
  parseAuthorization,
  serializeChallenge,
} from '../../protocols/rtsp/auth.ts';
import { headerValue, type RtspHeaders, type RtspRequest } from '../../protocols/rtsp/message.ts';
import type { AuthQuirks, ChallengeKind } from '../rtsp-camera-quirks.ts';

const REALM = 'Oriel simulator';
const ORDER = ['DESCRIBE', 'SETUP', 'PLAY'];

/** Checks the credentials for one path of the camera. */
export class CameraLogin {
  /** How many requests had a wrong password. A camera counts them and then locks the account. */
  failures = 0;
  readonly #username: string;
  readonly #password: string;
  readonly #quirks: AuthQuirks;
  readonly #nonces = new Map<string, number>();

  constructor(username: string, password: string, quirks: AuthQuirks = {}) {
    this.#username = username;
    this.#password = password;
    this.#quirks = quirks;
  }

  /** Undefined when the request is allowed, otherwise the headers of the 401. */
  refuse(request: RtspRequest): RtspHeaders | undefined {
    if (!this.#isAskedFor(request.method)) return undefined;
    const value = headerValue(request.headers, 'authorization');
    if (value === undefined) return this.#challenges(false);
    const answer = parseAuthorization(value);
    const verdict = answer ? this.#judge(answer, request) : 'wrong';
    if (verdict === 'right' && this.failures < (this.#quirks.lockAfter ?? Number.POSITIVE_INFINITY)) return undefined;
    if (verdict === 'wrong') this.failures++;
    return this.#challenges(verdict === 'stale' && (this.#quirks.saysStale ?? false));
  }

  #isAskedFor(method: string): boolean {
    if (method === 'OPTIONS') return false;
    const place = ORDER.indexOf(method);
    return place === -1 || place >= ORDER.indexOf(this.#quirks.from ?? 'DESCRIBE');
  }

  #judge(answer: Authorization, request: RtspRequest): 'right' | 'wrong' | 'stale' {
    const { challenges = ['digest-md5'], firstOnly } = this.#quirks;
    const accepted = firstOnly ? challenges.slice(0, 1) : challenges;
    if (!accepted.includes(kindOf(answer)) || answer.username !== this.#username) return 'wrong';
    if (answer.scheme === 'basic') return answer.password === this.#password ? 'right' : 'wrong';
    return this.#judgeDigest(answer, request);
  }

  #judgeDigest(answer: DigestResponse, request: RtspRequest): 'right' | 'wrong' | 'stale' {
    const { refusesAlgorithm, nonceLifeMs = Number.POSITIVE_INFINITY } = this.#quirks;
    if (answer.uri !== request.url || answer.realm !== REALM) return 'wrong';
    if (refusesAlgorithm && answer.algorithm !== undefined) return 'wrong';
    if (!isDigestOf(answer, request.method, this.#password)) return 'wrong';
    const madeMs = this.#nonces.get(answer.nonce);
    if (madeMs === undefined) return 'wrong';
    return Date.now() - madeMs > nonceLifeMs ? 'stale' : 'right';
  }

  #challenges(stale: boolean): RtspHeaders {
    const nonce = randomBytes(16).toString('hex');
    this.#nonces.set(nonce, Date.now());
    const { challenges = ['digest-md5'], oneHeaderLine } = this.#quirks;
    const values = challenges.map((kind) => this.#spell(this.#challenge(kind, nonce, stale)));
    return (oneHeaderLine ? [values.join(', ')] : values).map((value) => ['WWW-Authenticate', value]);
  }

  #challenge(kind: ChallengeKind, nonce: string, stale: boolean): Challenge {
    if (kind === 'basic') return { scheme: 'basic', realm: REALM };
    const { opaque, qop, challenges = [], refusesAlgorithm } = this.#quirks;
    const several = challenges.filter((other) => other !== 'basic').length > 1;
    const algorithm = kind === 'digest-sha256' ? 'SHA-256' : several && !refusesAlgorithm ? 'MD5' : undefined;
    return {
      scheme: 'digest',
      realm: REALM,
      nonce,
      ...(algorithm ? { algorithm } : {}),
      ...(opaque === undefined ? {} : { opaque }),
      ...(qop ? { qop: true } : {}),
      ...(stale ? { stale } : {}),
    };
  }

  #spell(challenge: Challenge): string {
    let text = serializeChallenge(challenge);
    if (this.#quirks.unquoted && challenge.scheme === 'digest') text = text.replace(/(nonce)="([^"]*)"/, '$1=$2');
    if (this.#quirks.unknownParameters && challenge.scheme === 'digest') text += ', random="a=b, c", domain="::"';
    return text;
  }
}

function kindOf(answer: Authorization): ChallengeKind {
  if (answer.scheme === 'basic') return 'basic';
  return answer.algorithm?.toUpperCase() === 'SHA-256' ? 'digest-sha256' : 'digest-md5';
}
