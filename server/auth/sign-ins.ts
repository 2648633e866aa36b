import { randomUUID } from 'node:crypto';
import type { Right, RightName } from '../hub/right.ts';
import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import type { SecretBox } from '../platform/secrets.ts';
import type { Store } from '../store/store.ts';
import type { User } from '../store/users.ts';
import { cameraSet } from './api-tokens.ts';
import type { LoginThrottle } from './login-throttle.ts';
import { verifyPassword } from './passwords.ts';
import type { Principal } from './principal.ts';
import type { Rights } from './rights.ts';
import { LONGEST_SESSION_MS, passwordRight, type StoredRights, sessionRight } from './stored-rights.ts';
import { createToken, hashToken } from './token.ts';

/** The browser that signs in, as the request shows it. */
export type Browser = {
  readonly address: string;
  readonly agent?: string | undefined;
  /** The cookie of an earlier sign-in; see LoginThrottle. */
  readonly device?: string | undefined;
};

/** The values that the browser keeps afterwards. */
export type SignedIn = { readonly principal: Principal; readonly token: string; readonly device: string };

/** Called with the waiting time in milliseconds before an attempt is refused. */
export type RetryAfter = (ms: number) => void;

const UNUSED_SESSION_MS = 30 * 24 * 3600_000;
/** For so long after the password was given accounts and tokens are made and changed without asking again. */
const RECENT_MS = 15 * 60_000;
const MAX_CONFIRMED = 10_000;
const LINK_MS = 24 * 3600_000;
/** The last use is stored at most this often. */
const TOUCH_EVERY_MS = 60_000;
const MAX_AGENT_LENGTH = 300;
const DEVICE = 'known-device';

type Parts = {
  readonly store: Pick<Store, 'users' | 'sessions' | 'signInLinks'>;
  readonly secrets: SecretBox;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
  readonly rights: Rights;
  readonly storedRights: StoredRights;
};

/** People who sign in with a browser: by password, or once by a link that only the gateway's own machine shows. */
export class SignIns {
  readonly #parts: Parts;
  /** For each account, the last link that this process made and until when it is valid on the monotonic clock. */
  readonly #ownLinks = new Map<string, { readonly hash: string; readonly untilMs: number }>();

  /** By session: when its person last proved to be there, by the clock that nobody can set. A restart forgets it. */
  readonly #confirmedMs = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Rejects with `too-many-requests` (after calling `retryAfter`) or `not-signed-in`. */
  async byPassword(name: string, password: string, browser: Browser, retryAfter: RetryAfter): Promise<SignedIn> {
    const user = this.#parts.store.users.byName(name);
    const matches = await this.#matches(name, user, password, browser, retryAfter);
    const signedIn = matches ? this.#signIn(user as User, browser) : undefined;
    if (signedIn) return signedIn;
    throw wrong();
  }

  /** Checks the current password before it is changed, because a session alone is not proof enough. Rejects as `byPassword` does, but with `not-allowed`. */
  async confirm(user: User, password: string, browser: Browser, retryAfter: RetryAfter): Promise<void> {
    if (await this.#matches(user.name, user, password, browser, retryAfter)) return;
    throw new GatewayError('not-allowed', 'The current password is wrong.');
  }

  /** The person at this browser, who signed in long ago, is the one whose account it is. Rejects as `confirm`. */
  async confirmSession(
    principal: Principal,
    password: string,
    browser: Browser,
    retryAfter: RetryAfter,
  ): Promise<void> {
    const user = this.#parts.store.users.get(principal.userId ?? '');
    if (!user || principal.right.kind !== 'session')
      throw new GatewayError('not-allowed', 'Only a signed-in browser can do this.');
    await this.confirm(user, password, browser, retryAfter);
    this.#confirmed(principal.right.id);
  }

  /**
   * Before accounts and tokens are made or changed, so that nobody does so at a browser that was left open. Throws
   * `confirm-password`. Tokens have no person who could be asked, and an account without a password has nothing to ask for.
   */
  requireRecent({ right, userId }: Principal): void {
    if (right.kind !== 'session') return;
    const confirmedMs = this.#confirmedMs.get(right.id);
    if (confirmedMs !== undefined && this.#parts.clock.nowUs() / 1000 - confirmedMs < RECENT_MS) return;
    if (this.#parts.store.users.get(userId ?? '')?.passwordHash === undefined) return;
    throw new GatewayError('confirm-password', 'You signed in a while ago. Enter your password again.');
  }

  /** For programs that send name and password each time (RTSP). It makes no session and uses the same throttle. */
  async checkPassword(name: string, password: string, address: string): Promise<Principal> {
    const user = this.#parts.store.users.byName(name);
    const matches = await this.#matches(name, user, password, { address }, () => {});
    const now = matches ? this.#parts.store.users.get((user as User).id) : undefined;
    if (now && now.passwordHash === user?.passwordHash) return person(now, this.#parts.storedRights.password(now));
    throw wrong();
  }

  /** Throws `not-signed-in` when the link was used, replaced or is too old. */
  byLink(link: string, browser: Browser): SignedIn {
    const { store, clock } = this.#parts;
    const hash = hashToken(link);
    const taken = store.signInLinks.take(hash);
    const user = taken && store.users.get(taken.userId);
    const own = user && this.#ownLinks.get(user.id);
    // A machine may have started with a clock in 1970 that was set afterwards.
    const isInTime = own?.hash === hash ? own.untilMs > clock.nowUs() / 1000 : (taken?.expiresAt ?? 0) > clock.wallMs();
    const signedIn = user && isInTime ? this.#signIn(user, browser) : undefined;
    if (signedIn) return signedIn;
    throw new GatewayError(
      'not-signed-in',
      'This link was used already or is too old. Sign in with your password, or make a new link with: oriel user link NAME',
    );
  }

  /** Who holds this session token; undefined when it is not known, ended, was unused for a month or is three months old. */
  resolve(tokenHash: string): Principal | undefined {
    const { store, clock, storedRights } = this.#parts;
    const session = store.sessions.find(tokenHash);
    if (!session) return undefined;
    const unusedMs = clock.wallMs() - session.lastUsedAt;
    const isInTime = unusedMs < UNUSED_SESSION_MS && clock.wallMs() - session.createdAt < LONGEST_SESSION_MS;
    const user = isInTime ? store.users.get(session.userId) : undefined;
    if (!user) {
      store.sessions.remove(session.id);
      return undefined;
    }
    if (unusedMs > TOUCH_EVERY_MS) store.sessions.touch(session.id, clock.wallMs());
    return person(user, storedRights.session(session, user));
  }

  /**
   * Ends everything that signed in with this account's name and password, and then `write` changes the account. `keptSession` is
   * the browser in which the owner does this.
   */
  signOut<Result>(userId: string, reason: GatewayError, write: () => Result, keptSession?: string): Result {
    const { store, rights } = this.#parts;
    const gone = store.sessions.list(userId).filter(({ id }) => id !== keptSession);
    rights.end([passwordRight({ id: userId })], reason);
    return rights.revoke(gone.map(sessionRight), reason, write);
  }

  /** The rights of an account that are in use: the signed-in browsers, and programs that send its name and password. */
  waysIn(userId: string): readonly RightName[] {
    return [passwordRight({ id: userId }), ...this.#parts.store.sessions.list(userId).map(sessionRight)];
  }

  /** The plain token, which exists only here. */
  createLink(user: User): string {
    const { store, clock } = this.#parts;
    const token = createToken('setup');
    store.signInLinks.add(user.id, hashToken(token), clock.wallMs() + LINK_MS);
    this.#ownLinks.set(user.id, { hash: hashToken(token), untilMs: clock.nowUs() / 1000 + LINK_MS });
    return token;
  }

  /** While no administrator has a password, makes a link for the owner, and an account if there is none. */
  createFirstLink(): string | undefined {
    const { store, clock } = this.#parts;
    const admins = store.users.list().filter((user) => user.role === 'admin' && user.cameras === 'all');
    if (admins.some((user) => user.passwordHash !== undefined)) return undefined;
    const account = { name: 'owner', role: 'admin', cameras: 'all' } as const;
    return this.createLink(admins[0] ?? store.users.add(account, clock.wallMs()));
  }

  async #matches(
    name: string,
    user: User | undefined,
    password: string,
    browser: Browser,
    retryAfter: RetryAfter,
  ): Promise<boolean> {
    const { throttle, clock } = this.#parts;
    const device = user && this.#knownDevice(user, browser);
    const source = { address: browser.address, ...(device === undefined ? {} : { device }) };
    const waitMs = throttle.attempt(name, source, clock.nowUs() / 1000);
    if (waitMs > 0) {
      retryAfter(waitMs);
      const message = `Too many attempts from here. Try again in ${Math.ceil(waitMs / 1000)} s.`;
      throw new GatewayError('too-many-requests', message);
    }
    const matches = await verifyPassword(password, user?.passwordHash);
    if (matches) throttle.succeeded(name, source);
    return matches;
  }

  /** Undefined when the account changed during the check. */
  #signIn(user: User, browser: Browser): SignedIn | undefined {
    const { store, secrets, clock, storedRights } = this.#parts;
    const nowMs = clock.wallMs();
    store.sessions.removeUnusedSince(nowMs - UNUSED_SESSION_MS);
    const token = createToken('session');
    const { address } = browser;
    const agent = browser.agent?.slice(0, MAX_AGENT_LENGTH);
    const description = { userId: user.id, address, ...(agent === undefined ? {} : { agent }) };
    const session = store.sessions.add(description, user.passwordHash, hashToken(token), nowMs);
    if (!session) return undefined;
    this.#confirmed(session.id);
    return {
      principal: person(user, storedRights.session(session, user)),
      token,
      device: secrets.seal(`${user.id} ${randomUUID()}`, DEVICE),
    };
  }

  #confirmed(session: string): void {
    this.#confirmedMs.delete(session);
    this.#confirmedMs.set(session, this.#parts.clock.nowUs() / 1000);
    if (this.#confirmedMs.size > MAX_CONFIRMED)
      this.#confirmedMs.delete(this.#confirmedMs.keys().next().value as string);
  }

  #knownDevice(user: User, browser: Browser): string | undefined {
    if (browser.device === undefined) return undefined;
    try {
      const [userId, id] = this.#parts.secrets.open(browser.device, DEVICE).split(' ');
      return userId === user.id ? id : undefined;
    } catch {
      return undefined;
    }
  }
}

function person(user: User, right: Right): Principal {
  const may = { role: user.role, cameras: cameraSet(user.cameras), mayListen: true, qualityCeiling: 'main' } as const;
  return { kind: 'user', who: user.name, userId: user.id, right, ...may };
}

function wrong(): GatewayError {
  return new GatewayError('not-signed-in', 'The name or the password is wrong.');
}
