import type { Action } from '../../shared/actions.ts';
import type { Quality } from '../../shared/camera.ts';
import type { CameraId } from '../../shared/ids.ts';
import type { Role } from '../../shared/roles.ts';
import type { Right } from '../hub/right.ts';
import type { ViewerDescription } from '../hub/viewer.ts';
import type { Maker } from '../store/makers.ts';

export type { Action };

/** Whoever calls: a signed-in person, a machine with a token, or the holder of a share link. */
export type Principal = {
  readonly kind: 'user' | 'token' | 'share';
  /** For people and the audit log: the user's name, the token's name, the share's label. */
  readonly who: string;
  /** What this caller came with, alive or ended; until when stands there. */
  readonly right: Right;
  /** The account of a person who has one. */
  readonly userId?: string;
  /** A share is a viewer of one camera. */
  readonly role: Role;
  readonly cameras: 'all' | ReadonlySet<CameraId>;
  readonly mayListen: boolean;
  /** `sub` when a share shows the small stream only. */
  readonly qualityCeiling: 'main' | 'sub';
  /** Shares: how many may watch at once. */
  readonly maxViewers?: number;
  /** One player in one browser, as it calls itself: tells it from others by the same right. */
  readonly visit?: string;
};

/** What the hub has to know of a principal who watches; outputs spread it into their description of the viewer. */
export function viewerRights(principal: Principal): Pick<ViewerDescription, 'who' | 'right' | 'visit' | 'maxViewers'> {
  const { who, right, visit, maxViewers } = principal;
  return {
    who,
    right,
    ...(visit === undefined ? {} : { visit }),
    ...(maxViewers === undefined ? {} : { maxViewers }),
  };
}

/** For what this caller makes and what ends with the caller: a link, a token. */
export function madeBy({ who, userId, right }: Principal): { readonly createdBy: string; readonly maker: Maker } {
  const maker: Maker = userId === undefined ? { kind: 'token', id: right.id } : { kind: 'account', id: userId };
  return { createdBy: who, maker };
}

const MAX_VISIT_LENGTH = 64;

/** Whoever asks, as the player that they name; without a name they are known by their address. */
export function withVisit(principal: Principal, visit: unknown): Principal {
  if (typeof visit !== 'string' || visit === '') return principal;
  return { ...principal, visit: visit.slice(0, MAX_VISIT_LENGTH) };
}

/** The small stream, where a share shows no more. */
export function allowedQuality(principal: Principal, wanted: Quality): Quality {
  return principal.qualityCeiling === 'sub' ? 'sub' : wanted;
}
