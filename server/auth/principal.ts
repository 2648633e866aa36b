import type { Action } from '../../shared/actions.ts';
import type { Quality } from '../../shared/camera.ts';
import type { CameraId } from '../../shared/ids.ts';
import type { Role } from '../../shared/roles.ts';
import type { ViewerDescription } from '../hub/viewer.ts';

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

/** What the hub has to know of a principal who watches; outputs spread it into their description of the viewer. */
export function viewerRights(principal: Principal): Pick<ViewerDescription, 'who' | 'grants' | 'cap' | 'validUntilMs'> {
  const { who, grants, maxViewers, validUntilMs } = principal;
  const [grant] = grants;
  return {
    who,
    grants,
    ...(maxViewers !== undefined && grant !== undefined ? { cap: { grant, maxViewers } } : {}),
    ...(validUntilMs !== undefined ? { validUntilMs } : {}),
  };
}

/** The small stream, where a share shows no more. */
export function allowedQuality(principal: Principal, wanted: Quality): Quality {
  return principal.qualityCeiling === 'sub' ? 'sub' : wanted;
}
