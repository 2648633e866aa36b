import { createHash, timingSafeEqual } from 'node:crypto';
import { type PlainSecret, TOKEN_USER } from '../../auth/configured-logins.ts';
import type { LoginThrottle } from '../../auth/login-throttle.ts';
import type { Principal } from '../../auth/principal.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import type { RtspAuthorizer } from './rtsp-login.ts';

export type RtspAccounts = {
  /** The logins of the current configuration. Other passwords are only known by their hash, so they need Basic. */
  readonly configured: { readonly isEmpty: boolean; secretsOf(name: string): readonly PlainSecret[] };
  /** Who a token belongs to, including share tokens. Throws when the token is not valid. */
  identifyToken(token: string): Principal;
  /** Signs in with a person's account. Rejects with `not-signed-in` or `too-many-requests`. */
  signIn(name: string, password: string, address: string): Promise<Principal>;
  readonly throttle: LoginThrottle;
  /** Called for a checked attempt that was wrong. A typed name is sometimes the password, so it must not be logged. */
  refused(name: string, address: string): void;
  /** Monotonic. */
  readonly nowMs: () => number;
};

/** A client whose name cannot sign in by Digest usually comes back within this time and is not offered Digest again. */
const BASIC_ONLY_MS = 60_000;
const MAX_BASIC_ONLY = 1000;
const MAX_OPENED = 10_000;

/** RTSP accepts a user of `rtsp.users`, a person's account, or a token with its own name or the name `token`. */
export function createRtspAuthorizer(accounts: RtspAccounts): RtspAuthorizer {
  const { configured, throttle, nowMs } = accounts;
  const heldOffUntilMs = new Map<string, number>();
  const opened = new Set<string>();
  const basicOnlyUntilMs = new Map<string, number>();

  // A recorder that signed in from this address before is still checked when somebody else guesses from there.
  const isHeldOff: RtspAuthorizer['isHeldOff'] = (name, address, match) => {
    if ((heldOffUntilMs.get(keyOf(name, address)) ?? 0) <= nowMs()) return false;
    return !match || !opened.has(keyOf(match.right.id, address));
  };
  const failed = (name: string, address: string): void => {
    const waitMs = throttle.attempt(name, { address }, nowMs());
    if (waitMs === 0) {
      accounts.refused(name, address);
      return;
    }
    for (const [known, untilMs] of heldOffUntilMs) if (untilMs <= nowMs()) heldOffUntilMs.delete(known);
    heldOffUntilMs.set(keyOf(name, address), nowMs() + waitMs);
  };
  const cameIn: RtspAuthorizer['cameIn'] = ({ right }, address) => {
    const key = keyOf(right.id, address);
    opened.delete(key);
    opened.add(key);
    if (opened.size > MAX_OPENED) opened.delete(opened.keys().next().value as string);
  };

  /** Undefined when this name and password do not mean a token. */
  const byToken = (name: string, password: string): Principal | undefined => {
    if (name === TOKEN_USER) return accounts.identifyToken(password);
    try {
      const principal = accounts.identifyToken(password);
      return principal.who === name ? principal : undefined;
    } catch {
      return undefined;
    }
  };

  const signInByAccount = async (name: string, password: string, address: string): Promise<Principal> => {
    try {
      return await accounts.signIn(name, password, address);
    } catch (error) {
      if (asGatewayError(error).code === 'not-signed-in') accounts.refused(name, address);
      throw error;
    }
  };

  return {
    offersDigest: (client) => !configured.isEmpty && (basicOnlyUntilMs.get(client) ?? 0) <= nowMs(),
    digestSecrets: (name) => configured.secretsOf(name),
    isHeldOff,
    failed,
    cameIn,
    cannotDigest(client) {
      basicOnlyUntilMs.delete(client);
      basicOnlyUntilMs.set(client, nowMs() + BASIC_ONLY_MS);
      if (basicOnlyUntilMs.size > MAX_BASIC_ONLY)
        basicOnlyUntilMs.delete(basicOnlyUntilMs.keys().next().value as string);
    },
    async signIn(name, password, address) {
      const own = configured.secretsOf(name);
      // A token may have the same name as a person, and both can sign in.
      const isKnownHere = name === TOKEN_USER || own.some(({ principal }) => principal.right.kind === 'rtsp-user');
      const match = own.find((secret) => isSame(secret.password, password))?.principal;
      const { principal, error } = match ? {} : attempt(() => byToken(name, password));
      // The gateway made it from 256 random bits, which nobody can guess.
      if (principal) return principal;
      if ((match || isKnownHere) && isHeldOff(name, address, match))
        throw new GatewayError('too-many-requests', 'Too many attempts from here. Try again in a minute.');
      if (match) {
        cameIn(match, address);
        return match;
      }
      if (!isKnownHere) return signInByAccount(name, password, address);
      failed(name, address);
      throw error ?? new GatewayError('not-signed-in', 'The name or the password is wrong.');
    },
  };
}

function attempt(find: () => Principal | undefined): {
  readonly principal?: Principal | undefined;
  readonly error?: unknown;
} {
  try {
    return { principal: find() };
  } catch (error) {
    return { error };
  }
}

function keyOf(name: string, address: string): string {
  return `${address} ${name}`;
}

/** Compares hashes, so that the time it takes reveals nothing about the password. */
function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
