import { GatewayError } from '../../platform/errors.ts';
import { type Challenge, type Credentials, parseChallenges, serializeAuthorization } from './auth.ts';

/**
 * Answers challenges for one connection. Every wrong answer counts towards the camera's lock-out, so each scheme is tried
 * once; only a nonce that had worked before, or that the server calls stale, is renewed.
 */
export class ClientAuth {
  readonly #credentials: Credentials | undefined;
  readonly #clientNonce: string;
  readonly #refused = new Set<string>();
  #challenge: Challenge | undefined;
  #worked = false;
  #count = 0;

  constructor(credentials: Credentials | undefined, clientNonce: string) {
    this.#credentials = credentials;
    this.#clientNonce = clientNonce;
  }

  /** The Authorization header for a request, once the camera has asked for one. */
  answer(method: string, uri: string): string | undefined {
    if (!this.#challenge || !this.#credentials) return undefined;
    const numbers = { clientNonce: this.#clientNonce, count: ++this.#count };
    return serializeAuthorization(this.#challenge, this.#credentials, { method, uri }, numbers);
  }

  /** A request with an answer went through. */
  accepted(): void {
    this.#worked = true;
  }

  /** Takes a 401 in; returns why there is no use in asking again, or undefined when there is. */
  refused(wwwAuthenticate: readonly string[], hadAnswer: boolean): GatewayError | undefined {
    if (!this.#credentials?.username)
      return new GatewayError('needs-password', 'The camera asks for a user name and a password. Enter them.');
    const offered = parseChallenges(wwwAuthenticate);
    const current = this.#challenge;
    if (current && hadAnswer) {
      const renewed = offered.find((challenge) => keyOf(challenge) === keyOf(current));
      if (renewed && isRenewal(current, renewed, this.#worked)) return this.#use(renewed);
      this.#refused.add(keyOf(current));
    }
    const next = offered.find((challenge) => !this.#refused.has(keyOf(challenge)));
    if (next) return this.#use(next);
    return new GatewayError(
      'wrong-password',
      'The camera refuses this user name and password. Correct them; Oriel does not try again by itself, because cameras lock accounts.',
    );
  }

  #use(challenge: Challenge): undefined {
    this.#challenge = challenge;
    this.#worked = false;
    this.#count = 0;
  }
}

function keyOf(challenge: Challenge): string {
  return challenge.scheme === 'basic' ? 'basic' : `digest ${(challenge.algorithm ?? 'MD5').toUpperCase()}`;
}

function isRenewal(used: Challenge, offered: Challenge, worked: boolean): boolean {
  if (used.scheme !== 'digest' || offered.scheme !== 'digest') return false;
  return used.nonce !== offered.nonce && (worked || offered.stale === true);
}
