import { createHash, timingSafeEqual } from 'node:crypto';
import type { CameraId } from '../../../shared/ids.ts';
import type { LoginThrottle } from '../../auth/login-throttle.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Rights } from '../../auth/rights.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { DigestSecret, RtspAuthorizer } from './rtsp-login.ts';

/** `rtsp.users` of the config: names for recorders and players, with passwords in the clear because Digest needs them. */
export type RtspUser = {
  readonly name: string;
  readonly password: string;
  readonly cameras?: readonly string[] | undefined;
};

export type RtspAccounts = {
  readonly users: readonly RtspUser[];
  /** Tokens of the config in the clear; those made in the dashboard are only known by their hash, and work by Basic. */
  readonly tokens: readonly string[];
  /** Who a token belongs to, share tokens included; throws when it opens nothing. */
  identifyToken(token: string): Principal;
  /** A person's account. Rejects with `not-signed-in` or `too-many-requests`. */
  signIn(name: string, password: string, address: string): Promise<Principal>;
  readonly rights: Rights;
  readonly throttle: LoginThrottle;
  readonly wallMs: () => number;
};

/** The user name that says: the password is a token. */
const TOKEN_USER = 'token';

/** RTSP takes a user of `rtsp.users`, a person's account, or the name `token` with a token as its password. */
export function createRtspAuthorizer(accounts: RtspAccounts): RtspAuthorizer {
  const { users, tokens, rights, throttle, wallMs } = accounts;
  const heldOffUntilMs = new Map<string, number>();

  const digestSecrets = (name: string): readonly DigestSecret[] => {
    const own = users.filter((user) => user.name === name);
    const secrets = own.map((user) => ({ password: user.password, principal: toPrincipal(user, rights) }));
    if (name !== TOKEN_USER) return secrets;
    return [...secrets, ...tokens.map((token) => ({ password: token, principal: accounts.identifyToken(token) }))];
  };

  const isHeldOff = (address: string): boolean => (heldOffUntilMs.get(address) ?? 0) > wallMs();
  const failed = (name: string, address: string): void => {
    const waitMs = throttle.attempt(name, { address }, wallMs());
    if (waitMs === 0) return;
    for (const [known, untilMs] of heldOffUntilMs) if (untilMs <= wallMs()) heldOffUntilMs.delete(known);
    heldOffUntilMs.set(address, wallMs() + waitMs);
  };

  const signIn = async (name: string, password: string, address: string): Promise<Principal> => {
    const isKnownHere = name === TOKEN_USER || users.some((user) => user.name === name);
    if (!isKnownHere) return accounts.signIn(name, password, address);
    if (isHeldOff(address))
      throw new GatewayError('too-many-requests', 'Too many attempts from here. Try again in a minute.');
    const match = digestSecrets(name).find((secret) => isSame(secret.password, password));
    if (match) return match.principal;
    try {
      if (name === TOKEN_USER) return accounts.identifyToken(password);
    } catch (error) {
      failed(name, address);
      throw error;
    }
    failed(name, address);
    throw new GatewayError('not-signed-in', 'The name or the password is wrong.');
  };

  return { offersDigest: users.length + tokens.length > 0, digestSecrets, signIn, isHeldOff, failed };
}

/** Compares hashes, so that the time it takes tells nothing of the password. */
function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function toPrincipal({ name, cameras }: RtspUser, rights: Rights): Principal {
  return {
    kind: 'user',
    who: name,
    role: 'viewer',
    right: rights.of({ kind: 'rtsp-user', id: name }, () => ({})),
    cameras: cameras === undefined ? 'all' : new Set(cameras as readonly CameraId[]),
    mayListen: true,
    qualityCeiling: 'main',
  };
}
