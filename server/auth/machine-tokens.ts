import type { CameraId } from '../../shared/ids.ts';
import type { Role } from '../../shared/roles.ts';
import type { Right, RightName } from '../hub/right.ts';
import { GatewayError } from '../platform/errors.ts';
import type { CameraRights } from '../store/camera-rights.ts';
import type { ApiTokens } from '../store/tokens.ts';
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

/** A use is noted at most this often. */
const TOUCH_EVERY_MS = 60_000;

/** What machines call with: tokens of the configuration and those made in the dashboard. */
export class MachineTokens {
  readonly #stored: ApiTokens;
  readonly #rights: Rights;
  #configured = new Map<string, Principal>();

  constructor(stored: ApiTokens, rights: Rights, configured: readonly ConfiguredToken[]) {
    this.#stored = stored;
    this.#rights = rights;
    this.configure(configured);
  }

  /** Takes the tokens of a changed configuration. What came in by those that are gone, or open something else now, ends. */
  configure(tokens: readonly ConfiguredToken[]): void {
    const before = this.#configured;
    this.#configured = new Map();
    for (const { token, name, role, cameras } of tokens) {
      const hash = hashToken(token);
      const known = before.get(hash);
      const right = known?.right ?? this.#rights.of({ kind: 'token', id: hash }, () => ({}));
      const principal = machine(right, name, role, cameras ?? 'all');
      if (!known || sameRights(known, principal)) this.#configured.set(hash, principal);
      else {
        known.right.end(noMore());
        const anew = this.#rights.of({ kind: 'token', id: hash }, () => ({}));
        this.#configured.set(hash, { ...principal, right: anew });
      }
    }
    for (const [hash, { right }] of before) if (!this.#configured.has(hash)) right.end(noMore());
  }

  resolve(tokenHash: string, nowMs: number): Principal | undefined {
    const configured = this.#configured.get(tokenHash);
    if (configured) return configured;
    const token = this.#stored.find(tokenHash);
    if (!token || (token.expiresAt !== undefined && token.expiresAt <= nowMs)) return undefined;
    if (nowMs - (token.lastUsedAt ?? 0) > TOUCH_EVERY_MS) this.#stored.touch(token.id, nowMs);
    const right = this.#rights.of(tokenRight(token), () => ({
      untilMs: token.expiresAt,
      check: () => (this.#stored.get(token.id) ? undefined : takenBack()),
    }));
    return machine(right, token.name, token.role, token.cameras);
  }
}

export function tokenRight({ id }: { readonly id: string }): RightName {
  return { kind: 'token', id };
}

export function takenBack(): GatewayError {
  return new GatewayError('not-signed-in', 'This token was taken back.');
}

function noMore(): GatewayError {
  return new GatewayError('not-signed-in', 'This token is not in the configuration any more.');
}

/** `all`, or the set that a principal carries. */
export function cameraSet(rights: CameraRights): Principal['cameras'] {
  return rights === 'all' ? 'all' : new Set(rights as readonly CameraId[]);
}

function machine(right: Right, name: string, role: Role, cameras: CameraRights): Principal {
  const may = { role, cameras: cameraSet(cameras), mayListen: true, qualityCeiling: 'main' } as const;
  return { kind: 'token', who: name, right, ...may };
}

function sameRights(a: Principal, b: Principal): boolean {
  const cameras = (p: Principal): string => (p.cameras === 'all' ? 'all' : JSON.stringify([...p.cameras].sort()));
  return a.role === b.role && cameras(a) === cameras(b);
}
