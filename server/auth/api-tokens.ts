import type { CameraId } from '../../shared/ids.ts';
import type { CameraRights } from '../store/camera-rights.ts';
import type { ApiTokens } from '../store/tokens.ts';
import type { Principal } from './principal.ts';
import type { StoredRights } from './stored-rights.ts';

/** The last use is stored at most this often. */
const TOUCH_EVERY_MS = 60_000;

/** The holder of a token that was made in the dashboard. Undefined when there is no such token or no longer. */
export function resolveToken(
  tokens: ApiTokens,
  rights: StoredRights,
  tokenHash: string,
  nowMs: number,
): Principal | undefined {
  const token = tokens.find(tokenHash);
  if (!token || (token.expiresAt !== undefined && token.expiresAt <= nowMs)) return undefined;
  const right = rights.token(token);
  if (nowMs - (token.lastUsedAt ?? 0) > TOUCH_EVERY_MS) tokens.touch(token.id, nowMs);
  const may = { cameras: cameraSet(token.cameras), mayListen: true, qualityCeiling: 'main' } as const;
  return { kind: 'token', who: token.name, role: token.role, right, ...may };
}

/** `all`, or the set that a principal carries. */
export function cameraSet(rights: CameraRights): Principal['cameras'] {
  return rights === 'all' ? 'all' : new Set(rights as readonly CameraId[]);
}
