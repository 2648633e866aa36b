import type { CameraId } from '../../shared/ids.ts';
import { GatewayError } from '../platform/errors.ts';
import type { ShareLink, ShareLinks } from '../store/share-links.ts';
import type { Principal } from './principal.ts';
import { windowState } from './share-window.ts';
import { linkTakenBack, type StoredRights } from './stored-rights.ts';

export type ShareState = 'open' | 'closed' | 'expired' | 'revoked';

/** Whether a link shows its picture now, and the next moment at which that changes by itself. */
export function shareState(share: ShareLink, nowMs: number): { state: ShareState; untilMs?: number } {
  if (share.revokedAt !== undefined) return { state: 'revoked' };
  if (share.expiresAt !== undefined && share.expiresAt <= nowMs) return { state: 'expired' };
  const ends = share.expiresAt === undefined ? {} : { untilMs: share.expiresAt };
  if (!share.dailyWindow) return { state: 'open', ...ends };
  const window = windowState(share.dailyWindow, nowMs);
  const untilMs = Math.min(window.untilMs, share.expiresAt ?? Number.POSITIVE_INFINITY);
  return { state: window.open ? 'open' : 'closed', untilMs };
}

/** The last use is stored at most this often. */
const TOUCH_EVERY_MS = 60_000;

/** The holder of a link as a principal. Throws `share-revoked` and `share-expired`. Undefined when there is no such link. */
export function resolveShare(
  shares: ShareLinks,
  rights: StoredRights,
  tokenHash: string,
  nowMs: number,
): Principal | undefined {
  const share = shares.find(tokenHash);
  if (!share) return undefined;
  const { state, untilMs } = shareState(share, nowMs);
  if (state === 'closed') throw outsideWindow(share);
  if (state !== 'open') throw endedShare(state);
  if (nowMs - (share.lastUsedAt ?? 0) > TOUCH_EVERY_MS) shares.touch(share.id, nowMs);
  return {
    kind: 'share',
    who: share.label,
    role: 'viewer',
    right: rights.link(share, untilMs),
    cameras: new Set([share.camera as CameraId]),
    mayListen: share.audio,
    qualityCeiling: share.quality,
    ...(share.maxViewers === undefined ? {} : { maxViewers: share.maxViewers }),
  };
}

export function endedShare(state: 'expired' | 'revoked'): GatewayError {
  return state === 'revoked'
    ? linkTakenBack()
    : new GatewayError('share-expired', 'The time of this link is over. Ask whoever gave it to you for a new one.');
}

function outsideWindow({ dailyWindow }: ShareLink): GatewayError {
  const hours = dailyWindow ? ` from ${dailyWindow.from} to ${dailyWindow.to} (${dailyWindow.timeZone})` : '';
  return new GatewayError('share-expired', `This link shows its picture only${hours}. Come back then.`);
}
