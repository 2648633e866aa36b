import { GatewayError } from '../../platform/errors.ts';
import { type Challenge, type Credentials, parseChallenges, serializeAuthorization } from './auth.ts';

/**
 * Answers challenges for one connection. Every wrong answer counts towards the camera's lock-out, so each scheme is tried
 * once. An answer is only repeated with a new nonce when the old nonce had worked before or the server calls it stale. A
 * server that is known to accept Digest never gets a Basic answer, because an attacker may be asking in order to read the
 * password.
 */
export class ClientAuth {
  readonly #credentials: Credentials | undefined;
  readonly #clientNonce: string;
  #takesDigest: boolean;
  readonly #refused = new Set<string>();
  #challenge: Challenge | undefined;
  #worked = false;
  #count = 0;

  constructor(credentials: Credentials | undefined, clientNonce: string, takesDigest = false) {
    this.#credentials = credentials;
    this.#clientNonce = clientNonce;
    this.#takesDigest = takesDigest;
  }

  /** True when a Digest answer was accepted or nothing else was ever offered. The caller remembers this. */
  get takesDigest(): boolean {
    return this.#takesDigest;
  }

  /** The Authorization header for a request, once the camera has asked for one. */
  answer(method: string, uri: string): string | undefined {
    if (!this.#challenge || !this.#credentials) return undefined;
    const numbers = { clientNonce: this.#clientNonce, count: ++this.#count };
    return serializeAuthorization(this.#challenge, this.#credentials, { method, uri }, numbers);
  }

  /** Must be called when the camera accepted a request with an answer. */
  accepted(): void {
    this.#worked = true;
    if (this.#challenge?.scheme === 'digest') this.#takesDigest = true;
  }

  /** Takes a 401. Returns why asking again is useless, or undefined when it makes sense. */
  refused(wwwAuthenticate: readonly string[], hadAnswer: boolean): GatewayError | undefined {
    if (!this.#credentials?.username)
      return new GatewayError('needs-password', 'The camera asks for a user name and a password. Enter them.');
    const all = parseChallenges(wwwAuthenticate);
    const digests = all.filter(({ scheme }) => scheme === 'digest');
    if (this.#takesDigest && digests.length === 0 && all.length > 0) return weakened();
    if (digests.length > 0 && digests.length === all.length) this.#takesDigest = true;
    const offered = this.#takesDigest ? digests : all;
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

function weakened(): GatewayError {
  return new GatewayError(
    'login-weakened',
    'The camera signed in with Digest before and now wants its password in the clear (Basic). Oriel does not send it: somebody may be in between. If the camera was reset or replaced, save its password again.',
  );
}

function keyOf(challenge: Challenge): string {
  return challenge.scheme === 'basic' ? 'basic' : `digest ${(challenge.algorithm ?? 'MD5').toUpperCase()}`;
}

function isRenewal(used: Challenge, offered: Challenge, worked: boolean): boolean {
  if (used.scheme !== 'digest' || offered.scheme !== 'digest') return false;
  return used.nonce !== offered.nonce && (worked || offered.stale === true);
}
