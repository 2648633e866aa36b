import type { Right, RightName } from '../hub/right.ts';
import { GatewayError } from '../platform/errors.ts';
import type { Maker } from '../store/makers.ts';
import type { Session } from '../store/sessions.ts';
import type { ShareLink } from '../store/share-links.ts';
import type { Store } from '../store/store.ts';
import type { ApiToken } from '../store/tokens.ts';
import type { User } from '../store/users.ts';
import type { Rights } from './rights.ts';

/** The longest life of a session, however much it is used. */
export const LONGEST_SESSION_MS = 90 * 24 * 3600_000;

type Named = { readonly id: string };

export const accountRight = ({ id }: Named): RightName => ({ kind: 'account', id });
export const sessionRight = ({ id }: Named): RightName => ({ kind: 'session', id });
/** The right of all programs that send this account's name and password each time. */
export const passwordRight = ({ id }: Named): RightName => ({ kind: 'password', id });
export const tokenRight = ({ id }: Named): RightName => ({ kind: 'token', id });
export const linkRight = ({ id }: Named): RightName => ({ kind: 'link', id });

export const removed = (): GatewayError => new GatewayError('not-signed-in', 'Your account was removed.');
const signedOut = (): GatewayError => new GatewayError('not-signed-in', 'You were signed out.');
export const takenBack = (): GatewayError => new GatewayError('not-signed-in', 'This token was taken back.');
export const linkTakenBack = (): GatewayError =>
  new GatewayError('share-revoked', 'This link was taken back. Ask whoever gave it to you for a new one.');

type Tables = Pick<Store, 'users' | 'sessions' | 'tokens' | 'shares'>;

/** The rights in the store: what each depends on, until when it is valid, and how to check whether it has ended. */
export class StoredRights {
  readonly #store: Tables;
  readonly #rights: Rights;

  constructor(store: Tables, rights: Rights) {
    this.#store = store;
    this.#rights = rights;
  }

  /** Throws when there is no such account any more. */
  account(id: string): Right {
    return this.#rights.of(accountRight({ id }), () => {
      const check = () => (this.#store.users.get(id) ? undefined : removed());
      const gone = check();
      if (gone) throw gone;
      return { check };
    });
  }

  session(session: Session, user: User): Right {
    const { users, sessions } = this.#store;
    return this.#rights.of(sessionRight(session), () => ({
      maker: this.account(user.id),
      untilMs: session.createdAt + LONGEST_SESSION_MS,
      check: () => changed(users.get(user.id), user) ?? (sessions.get(session.id) ? undefined : signedOut()),
    }));
  }

  password(user: User): Right {
    const { users } = this.#store;
    return this.#rights.of(passwordRight(user), () => ({
      maker: this.account(user.id),
      check: () => {
        const now = users.get(user.id);
        return changed(now, user) ?? (now?.passwordHash === user.passwordHash ? undefined : signedOut());
      },
    }));
  }

  token(token: ApiToken): Right {
    return this.#rights.of(tokenRight(token), () => ({
      maker: this.#maker(token.maker),
      reasonWithMaker: takenBack(),
      untilMs: token.expiresAt,
      check: () => {
        const now = this.#store.tokens.get(token.id);
        return String(now?.cameras) === String(token.cameras) ? undefined : takenBack();
      },
    }));
  }

  /** `untilMs` is when it closes by itself, at the end of the daily hours or for good. */
  link(share: ShareLink, untilMs: number | undefined): Right {
    return this.#rights.of(linkRight(share), () => ({
      maker: this.#makerOf(share),
      reasonWithMaker: linkTakenBack(),
      untilMs,
      check: () => {
        const now = this.#store.shares.get(share.id);
        return now && now.revokedAt === undefined ? undefined : linkTakenBack();
      },
    }));
  }

  #makerOf(share: ShareLink): Right | undefined {
    try {
      return this.#maker(share.maker);
    } catch {
      throw linkTakenBack();
    }
  }

  /** Throws when the maker is gone. For a token of the configuration the store does not show that. */
  #maker(maker: Maker | undefined): Right | undefined {
    if (!maker) return undefined;
    if (maker.kind === 'account') return this.account(maker.id);
    const known = this.#rights.find(tokenRight(maker));
    if (known) return known;
    const token = this.#store.tokens.get(maker.id);
    if (!token) throw takenBack();
    return this.token(token);
  }
}

/** A right ends when its account has other rights than at the sign-in. */
function changed(now: User | undefined, before: User): GatewayError | undefined {
  if (!now) return removed();
  const isSame = now.role === before.role && String(now.cameras) === String(before.cameras);
  return isSame ? undefined : new GatewayError('not-signed-in', 'Your account was changed. Sign in again.');
}
