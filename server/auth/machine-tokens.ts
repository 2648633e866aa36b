import type { CameraId } from '../../shared/ids.ts';
import type { Role } from '../../shared/roles.ts';
import type { CameraRights } from '../store/camera-rights.ts';
import type { ApiTokens } from '../store/tokens.ts';
import type { Principal } from './principal.ts';
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
  #configured = new Map<string, Principal>();

  constructor(stored: ApiTokens, configured: readonly ConfiguredToken[]) {
    this.#stored = stored;
    this.configure(configured);
  }

  /** Takes the tokens of a changed configuration. Returns the grants that are no more, or carry other rights now. */
  configure(tokens: readonly ConfiguredToken[]): string[] {
    const before = this.#configured;
    this.#configured = new Map(
      tokens.map(({ token, name, role, cameras }) => {
        const hash = hashToken(token);
        return [hash, machine(`token:config/${hash}`, name, role, cameras ?? 'all')];
      }),
    );
    return [...before]
      .filter(([hash, old]) => !sameRights(old, this.#configured.get(hash)))
      .flatMap(([, old]) => old.grants);
  }

  resolve(tokenHash: string, nowMs: number): Principal | undefined {
    const configured = this.#configured.get(tokenHash);
    if (configured) return configured;
    const token = this.#stored.find(tokenHash);
    if (!token || (token.expiresAt !== undefined && token.expiresAt <= nowMs)) return undefined;
    if (nowMs - (token.lastUsedAt ?? 0) > TOUCH_EVERY_MS) this.#stored.touch(token.id, nowMs);
    const principal = machine(tokenGrant(token.id), token.name, token.role, token.cameras);
    return token.expiresAt === undefined ? principal : { ...principal, validUntilMs: token.expiresAt };
  }
}

export function tokenGrant(id: string): string {
  return `token:${id}`;
}

/** `all`, or the set that a principal carries. */
export function cameraSet(rights: CameraRights): Principal['cameras'] {
  return rights === 'all' ? 'all' : new Set(rights as readonly CameraId[]);
}

function machine(grant: string, name: string, role: Role, cameras: CameraRights): Principal {
  const rights = { role, cameras: cameraSet(cameras), mayListen: true, qualityCeiling: 'main' } as const;
  return { kind: 'token', who: name, grants: [grant], ...rights };
}

function sameRights(a: Principal, b: Principal | undefined): boolean {
  const cameras = (p: Principal): string => (p.cameras === 'all' ? 'all' : JSON.stringify([...p.cameras].sort()));
  return b !== undefined && a.role === b.role && cameras(a) === cameras(b);
}
