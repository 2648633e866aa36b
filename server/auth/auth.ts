import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import type { SecretBox } from '../platform/secrets.ts';
import type { Store } from '../store/store.ts';
import { EndedViews } from './ended-views.ts';
import { LoginThrottle } from './login-throttle.ts';
import { type ConfiguredToken, MachineTokens } from './machine-tokens.ts';
import type { Principal } from './principal.ts';
import { Revocations } from './revocations.ts';
import { resolveShare } from './share-tokens.ts';
import { SignIns } from './sign-ins.ts';
import { hashToken } from './token.ts';

/** What a caller shows: a browser's session cookie, or a token. A token goes first, so that a link shows what it grants and no more. */
export type Credentials = { readonly session?: string; readonly token?: string };

export type AuthOptions = {
  readonly store: Store;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  readonly tokens: readonly ConfiguredToken[];
};

export type Auth = ReturnType<typeof createAuth>;

/** Everything that turns credentials into a principal; what a principal may do is decided in access.ts. */
export function createAuth({ store, secrets, clock, tokens }: AuthOptions) {
  const throttle = new LoginThrottle();
  const signIns = new SignIns({ store, secrets, clock, throttle });
  const machineTokens = new MachineTokens(store.tokens, tokens);

  /** Throws why a token opens nothing. */
  const identifyToken = (token: string): Principal => {
    const hash = hashToken(token);
    const principal = machineTokens.resolve(hash, clock.wallMs()) ?? resolveShare(store.shares, hash, clock.wallMs());
    if (principal) return principal;
    throw new GatewayError('not-signed-in', 'This token or link is not valid, or not any more.');
  };

  /** Undefined without credentials, and with a session that ended. */
  const identify = ({ token, session }: Credentials): Principal | undefined => {
    if (token !== undefined) return identifyToken(token);
    return session === undefined ? undefined : signIns.resolve(hashToken(session));
  };

  const revocations = new Revocations();
  /** Takes the tokens of a changed configuration; what is watched with those that are gone ends. */
  const configureTokens = (next: readonly ConfiguredToken[]): void => {
    const reason = new GatewayError('not-signed-in', 'This token is not in the configuration any more.');
    revocations.revoke(machineTokens.configure(next), reason);
  };

  const endedViews = new EndedViews();
  return { signIns, throttle, revocations, endedViews, identify, identifyToken, configureTokens };
}
