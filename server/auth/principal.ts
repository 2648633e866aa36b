import type { Action } from '../../shared/actions.ts';
import type { CameraId } from '../../shared/ids.ts';
import type { Role } from '../../shared/roles.ts';

export type { Action };

/** Whoever calls: a signed-in person, a machine with a token, or the holder of a share link. */
export type Principal = {
  readonly kind: 'user' | 'token' | 'share';
  /** For people and the audit log: the user's name, the token's name, the share's label. */
  readonly who: string;
  /** A share is a viewer of one camera. */
  readonly role: Role;
  /** What the right hangs on (`user:ID`, `session:ID`, `token:ID`, `share:ID`): revoking it ends the viewers that carry it. */
  readonly grants: readonly string[];
  readonly cameras: 'all' | ReadonlySet<CameraId>;
  readonly mayListen: boolean;
  /** `sub` when a share shows the small stream only. */
  readonly qualityCeiling: 'main' | 'sub';
  /** Epoch milliseconds; the right ends by itself then. */
  readonly validUntilMs?: number;
  /** Shares: how many may watch at once. */
  readonly maxViewers?: number;
};
