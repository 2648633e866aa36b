import type { Action } from '../../shared/actions.ts';
import type { Quality } from '../../shared/camera.ts';
import type { CameraId } from '../../shared/ids.ts';
import type { Role } from '../../shared/roles.ts';
import type { Right } from '../hub/right.ts';
import type { ViewerDescription } from '../hub/viewer.ts';
import type { Maker } from '../store/makers.ts';

export type { Action };

/** A caller: a signed-in person, a program with a token, or the holder of a share link. */
export type Principal = {
  readonly kind: 'user' | 'token' | 'share';
  /** For people and the audit log: the user's name, the token's name, the share's label. */
  readonly who: string;
  /** The right that this caller uses. It says whether it has ended and until when it is valid. */
  readonly right: Right;
  /** The account of a person who has one. */
  readonly userId?: string;
  /** A share is a viewer of one camera. */
  readonly role: Role;
  readonly cameras: 'all' | ReadonlySet<CameraId>;
  readonly mayListen: boolean;
  /** `sub` when a share only shows the small stream. */
  readonly qualityCeiling: 'main' | 'sub';
  /** For shares, how many people may watch at once. */
  readonly maxViewers?: number;
  /** The name that one player in one browser gives itself, which distinguishes it from others with the same right. */
  readonly visit?: string;
};

/** What the hub must know about a principal who watches. Outputs spread it into their description of the viewer. */
export function viewerRights(principal: Principal): Pick<ViewerDescription, 'who' | 'right' | 'visit' | 'maxViewers'> {
  const { who, right, visit, maxViewers } = principal;
  return {
    who,
    right,
    ...(visit === undefined ? {} : { visit }),
    ...(maxViewers === undefined ? {} : { maxViewers }),
  };
}

/** The maker to store for links and tokens that this caller makes, which end with the caller. */
export function madeBy({ who, userId, right }: Principal): { readonly createdBy: string; readonly maker: Maker } {
  const maker: Maker = userId === undefined ? { kind: 'token', id: right.id } : { kind: 'account', id: userId };
  return { createdBy: who, maker };
}

const MAX_VISIT_LENGTH = 64;

/** The caller as the player that the request names. Without a name the player is recognised by its address. */
export function withVisit(principal: Principal, visit: unknown): Principal {
  if (typeof visit !== 'string' || visit === '') return principal;
  return { ...principal, visit: visit.slice(0, MAX_VISIT_LENGTH) };
}

/** The quality to send: the small stream when a share shows only that. */
export function allowedQuality(principal: Principal, wanted: Quality): Quality {
  return principal.qualityCeiling === 'sub' ? 'sub' : wanted;
}
