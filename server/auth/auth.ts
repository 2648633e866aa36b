import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import type { SecretBox } from '../platform/secrets.ts';
import type { Store } from '../store/store.ts';
import { AccessAudit, type AccessAuditSettings } from './access-audit.ts';
import { resolveToken } from './api-tokens.ts';
import { ConfiguredLogins, type LoginConfig } from './configured-logins.ts';
import { LoginThrottle } from './login-throttle.ts';
import type { Principal } from './principal.ts';
import { Rights } from './rights.ts';
import { resolveShare } from './share-tokens.ts';
import { SignIns } from './sign-ins.ts';
import { StoredRights } from './stored-rights.ts';
import { takeBackCamera } from './taken-back.ts';
import { hashToken } from './token.ts';
import { TokenGuesses } from './token-guesses.ts';

/** The credentials of a caller: a session cookie or a token. A token takes precedence, so that a link shows only what it grants. */
export type Credentials = { readonly session?: string; readonly token?: string };

export type AuthOptions = LoginConfig & {
  readonly store: Store;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  /** Neither, when absent. */
  readonly accessAudit?: AccessAuditSettings;
  /** Called for errors while a right ends. */
  readonly report?: (error: unknown) => void;
};

export type Auth = ReturnType<typeof createAuth>;

/** Everything that turns credentials into a principal. What a principal may do is decided in access.ts. */
export function createAuth({ store, secrets, clock, report, accessAudit: settings, ...config }: AuthOptions) {
  const rights = new Rights(clock, report);
  const accessAudit = new AccessAudit(store.audit, clock, settings ?? { views: false, refusals: false });
  const throttle = new LoginThrottle();
  const storedRights = new StoredRights(store, rights);
  const signIns = new SignIns({ store, secrets, clock, throttle, rights, storedRights });
  const configured = new ConfiguredLogins(rights, config);

  const guesses = new TokenGuesses(() => clock.nowUs() / 1000);

  /** Throws the reason why a token is not valid. Guesses are not counted here. */
  const identifyToken = (token: string): Principal => {
    const hash = hashToken(token);
    const nowMs = clock.wallMs();
    const principal =
      configured.byToken(hash) ??
      resolveToken(store.tokens, storedRights, hash, nowMs) ??
      resolveShare(store.shares, storedRights, hash, nowMs);
    if (principal) return principal;
    throw new GatewayError('not-signed-in', 'This token or link is not valid, or not any more.');
  };

  /** Undefined without credentials or with a session that has ended. Throws `too-many-requests` when tokens are guessed. */
  const identify = ({ token, session }: Credentials, address: string): Principal | undefined => {
    if (token !== undefined) return guesses.try(token, address, () => identifyToken(token));
    return session === undefined ? undefined : signIns.resolve(hashToken(session));
  };

  return {
    signIns,
    throttle,
    rights,
    accessAudit,
    storedRights,
    configured,
    identify,
    identifyToken,
    takeBackCamera: (camera: string, write: () => void) => takeBackCamera({ store, rights, signIns }, camera, write),
  };
}
