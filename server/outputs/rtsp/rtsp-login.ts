import { randomBytes } from 'node:crypto';
import type { PlainSecret } from '../../auth/configured-logins.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import {
  type DigestChallenge,
  type DigestResponse,
  isDigestOf,
  parseAuthorization,
  serializeChallenge,
} from '../../protocols/rtsp/auth.ts';
import { headerValue, type RtspHeaders, type RtspRequest } from '../../protocols/rtsp/message.ts';

/** What the RTSP server needs from the product's accounts. */
export type RtspAuthorizer = {
  /**
   * Whether a client that has not said its name is offered Digest. Clients prefer Digest, and most of them do not try Basic when
   * their name cannot use Digest. `cannotDigest` remembers them for when they come back.
   */
  offersDigest(client: string): boolean;
  /** This client tried Digest with a name that signs in by Basic only. */
  cannotDigest(client: string): void;
  /** The plain passwords for a name. Empty when the name can only sign in by Basic or is unknown. */
  digestSecrets(name: string): readonly PlainSecret[];
  /** Signs in with a plain name and password. Rejects with `not-signed-in` or `too-many-requests`. */
  signIn(name: string, password: string, address: string): Promise<Principal>;
  /** Whether sign-ins with this name from this address are refused after too many failures. `match` has the right password and is exempt if it signed in from there before. */
  isHeldOff(name: string, address: string, match?: Principal): boolean;
  /** Remembers a success, so that somebody who guesses from the same address cannot lock this one out. */
  cameIn(principal: Principal, address: string): void;
  /** Records that a Digest for this name was made with a wrong password. */
  failed(name: string, address: string): void;
};

export type LoginVerdict =
  | { readonly principal: Principal }
  | { readonly status: 401 | 403 | 503; readonly reason: string; readonly headers: RtspHeaders };

/** Share tokens cannot sign in by Digest, and players that are offered Digest try nothing else, so the address may contain the token. */
const URL_TOKEN = /[?&]token=([\w.~-]{1,256})/;
const REALM = 'Oriel';
const NONCE_LIFE_MS = 300_000;
/** How long a checked password is accepted without checking it again. A right that was revoked is refused at once. */
const TRUST_MS = 60_000;
const MAX_REFUSALS = 5;

/** Finds out who is at the other end of one RTSP connection. */
export class RtspLogin {
  readonly #authorizer: RtspAuthorizer;
  readonly #clock: Clock;
  readonly #address: string;
  #nonce = '';
  #nonceMadeUs = 0;
  /** The last accepted header. Checking a password takes a tenth of a second, and each request contains it again. */
  #accepted: { readonly header: string; readonly principal: Principal; readonly sinceUs: number } | undefined;
  #refusals = 0;
  #client = '';

  constructor(authorizer: RtspAuthorizer, clock: Clock, address: string) {
    this.#authorizer = authorizer;
    this.#clock = clock;
    this.#address = address;
  }

  /** A client that keeps guessing on one connection is disconnected. */
  get isHopeless(): boolean {
    return this.#refusals >= MAX_REFUSALS;
  }

  async check(request: RtspRequest): Promise<LoginVerdict> {
    const token = URL_TOKEN.exec(request.url)?.[1];
    const header = headerValue(request.headers, 'authorization') ?? token;
    this.#client = `${this.#address} ${headerValue(request.headers, 'user-agent') ?? ''}`;
    if (header === undefined) return this.#challenge('Sign in with a user name and password', false, true);
    const nowUs = this.#clock.nowUs();
    const known = this.#accepted;
    if (known?.header === header && nowUs - known.sinceUs < TRUST_MS * 1000 && !known.principal.right.ended)
      return known;
    const answer = token === undefined ? parseAuthorization(header) : basicOf(token);
    try {
      if (answer?.scheme === 'digest') return this.#checkDigest(answer, request);
      if (answer?.scheme !== 'basic') return this.#refuse('These credentials cannot be read');
      const principal = await this.#authorizer.signIn(answer.username, answer.password, this.#address);
      this.#accepted = { header, principal, sinceUs: nowUs };
      return this.#accepted;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return error.code === 'too-many-requests' ? this.#wait(error.message) : this.#refuse(error.message);
    }
  }

  #checkDigest(answer: DigestResponse, request: RtspRequest): LoginVerdict {
    const secrets = this.#authorizer.digestSecrets(answer.username);
    if (secrets.length === 0) {
      // An unknown name is answered in the same way.
      this.#authorizer.cannotDigest(this.#client);
      return this.#refuse('This name signs in by Basic authentication only', false);
    }
    const isOurs = answer.realm === REALM && isSameTarget(answer.uri, request.url);
    const match = isOurs && secrets.find(({ password }) => isDigestOf(answer, request.method, password));
    if (this.#authorizer.isHeldOff(answer.username, this.#address, match ? match.principal : undefined))
      return this.#wait('Too many attempts; try again in a minute');
    if (!match) {
      this.#authorizer.failed(answer.username, this.#address);
      return this.#refuse('The name or the password is wrong');
    }
    const isFresh = answer.nonce === this.#nonce && this.#clock.nowUs() - this.#nonceMadeUs < NONCE_LIFE_MS * 1000;
    if (isFresh) this.#authorizer.cameIn(match.principal, this.#address);
    return isFresh ? match : this.#challenge('The nonce is too old', true, true);
  }

  #refuse(reason: string, withDigest = true): LoginVerdict {
    this.#refusals++;
    return this.#challenge(reason, false, withDigest);
  }

  #wait(reason: string): LoginVerdict {
    this.#refusals++;
    return { status: 503, reason, headers: [['Retry-After', '60']] };
  }

  #challenge(reason: string, stale: boolean, withDigest: boolean): LoginVerdict {
    const challenges = [serializeChallenge({ scheme: 'basic', realm: REALM })];
    if (withDigest && this.#authorizer.offersDigest(this.#client))
      challenges.unshift(serializeChallenge(this.#digest(stale)));
    return { status: 401, reason, headers: challenges.map((challenge) => ['WWW-Authenticate', challenge]) };
  }

  #digest(stale: boolean): DigestChallenge {
    const nowUs = this.#clock.nowUs();
    if (this.#nonce === '' || nowUs - this.#nonceMadeUs > (NONCE_LIFE_MS * 1000) / 2) {
      this.#nonce = randomBytes(16).toString('hex');
      this.#nonceMadeUs = nowUs;
    }
    return { scheme: 'digest', realm: REALM, nonce: this.#nonce, ...(stale ? { stale } : {}) };
  }
}

function basicOf(token: string): { scheme: 'basic'; username: string; password: string } {
  return { scheme: 'basic', username: 'token', password: token };
}

/** Some clients sign the address without the track or with a slash at its end. Another path is not accepted for this request. */
function isSameTarget(uri: string, url: string): boolean {
  const path = (text: string): string => text.replace(/^rtsps?:\/\/[^/]*/i, '').replace(/\/+$/, '');
  return path(uri) === path(url) || path(uri) === path(url.replace(/\/trackID=\d+\/?$/, ''));
}
