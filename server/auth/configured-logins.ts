import type { CameraId } from '../../shared/ids.ts';
import type { Role } from '../../shared/roles.ts';
import type { RightName } from '../hub/right.ts';
import { GatewayError } from '../platform/errors.ts';
import type { Principal } from './principal.ts';
import type { Rights } from './rights.ts';
import { hashToken } from './token.ts';

/** A token of the configuration file. */
export type ConfiguredToken = {
  readonly name: string;
  readonly role: Role;
  readonly token: string;
  readonly cameras?: readonly string[] | undefined;
};

/** An entry of `rtsp.users`: a recorder or player that sends a name and a password. */
export type RtspUser = {
  readonly name: string;
  readonly password: string;
  readonly cameras?: readonly string[] | undefined;
};

export type LoginConfig = { readonly tokens: readonly ConfiguredToken[]; readonly rtspUsers?: readonly RtspUser[] };

/** A plain password, which Digest needs, and the principal that it signs in. */
export type PlainSecret = { readonly password: string; readonly principal: Principal };

type Login = PlainSecret & { readonly tokenHash?: string };

/** The user name that means, over RTSP, that the password is a token. */
export const TOKEN_USER = 'token';

/** The logins of the configuration file. */
export class ConfiguredLogins {
  readonly #rights: Rights;
  #logins: readonly Login[] = [];

  constructor(rights: Rights, config: LoginConfig) {
    this.#rights = rights;
    this.configure(config);
  }

  /** Takes a changed configuration. Everything that uses an entry that was removed or has other rights now is ended. */
  configure({ tokens, rtspUsers = [] }: LoginConfig): void {
    const before = this.#logins;
    this.#logins = [...tokens.map((token) => this.#token(token)), ...rtspUsers.map((user) => this.#rtspUser(user))];
    const kept = new Set(this.#logins.map(({ principal }) => principal.right));
    for (const { principal } of before) if (!kept.has(principal.right)) principal.right.end(noMore());
  }

  byToken(tokenHash: string): Principal | undefined {
    return this.#logins.find((login) => login.tokenHash === tokenHash)?.principal;
  }

  /** The passwords for this name: those of entries of `rtsp.users`, and tokens with this name or, for `token`, all of them. */
  secretsOf(name: string): readonly PlainSecret[] {
    return this.#logins.filter(
      ({ principal, tokenHash }) => principal.who === name || (tokenHash !== undefined && name === TOKEN_USER),
    );
  }

  get isEmpty(): boolean {
    return this.#logins.length === 0;
  }

  #token({ name, role, token, cameras }: ConfiguredToken): Login {
    const tokenHash = hashToken(token);
    // The key contains its rights, so an entry with other rights is another entry.
    const right = this.#right('token', [tokenHash, role, rightsText(cameras)]);
    return { password: token, tokenHash, principal: { kind: 'token', who: name, role, right, ...seeing(cameras) } };
  }

  #rtspUser({ name, password, cameras }: RtspUser): Login {
    const right = this.#right('rtsp-user', [name, password, rightsText(cameras)]);
    return { password, principal: { kind: 'user', who: name, role: 'viewer', right, ...seeing(cameras) } };
  }

  #right(kind: RightName['kind'], parts: readonly string[]): Principal['right'] {
    return this.#rights.of({ kind, id: hashToken(JSON.stringify(parts)) }, () => ({}));
  }
}

function rightsText(cameras: readonly string[] | undefined): string {
  return cameras === undefined ? 'all' : JSON.stringify([...cameras].sort());
}

function seeing(cameras: readonly string[] | undefined): Pick<Principal, 'cameras' | 'mayListen' | 'qualityCeiling'> {
  const seen = cameras === undefined ? 'all' : new Set(cameras as readonly CameraId[]);
  return { cameras: seen, mayListen: true, qualityCeiling: 'main' };
}

function noMore(): GatewayError {
  return new GatewayError('not-signed-in', 'What you signed in with is not in the configuration any more.');
}
