import { ACTIONS } from '../../shared/actions.ts';
import type { CameraId } from '../../shared/ids.ts';
import type { Role } from '../../shared/roles.ts';
import { GatewayError } from '../platform/errors.ts';
import type { Action, Principal } from './principal.ts';

const VIEWER: readonly Action[] = ['list-cameras', 'view', 'snapshot', 'own-account'];
const OPERATOR: readonly Action[] = [
  ...VIEWER,
  'record',
  'talk',
  'control',
  'share',
  'edit-cameras',
  'see-viewers',
  'kick-viewers',
  'see-metrics',
];

const BY_ROLE: Record<Role, ReadonlySet<Action>> = {
  viewer: new Set(VIEWER),
  operator: new Set(OPERATOR),
  admin: new Set(ACTIONS),
};
const BY_SHARE: ReadonlySet<Action> = new Set(['list-cameras', 'view', 'snapshot']);

/** Actions that concern more than single cameras. A right that is limited to some cameras does not include them. */
const WHOLE_GATEWAY: ReadonlySet<Action> = new Set(['manage-users', 'see-audit', 'see-metrics']);

/**
 * The one decision about who may do what. Routes, socket events, WHEP, HLS and RTSP all use it. `camera` is absent for actions
 * that do not concern one camera; lists are then filtered with `maySee`. Returns the refusal, or undefined when allowed.
 */
export function refusal(
  principal: Principal | undefined,
  action: Action,
  camera: CameraId | undefined,
): GatewayError | undefined {
  if (!principal) return new GatewayError('not-signed-in', 'Sign in, or send a token.');
  const { ended } = principal.right;
  if (ended) return ended;
  if (!hasAction(principal, action)) {
    return new GatewayError('not-allowed', `${describe(principal)} may not do this (${action}).`);
  }
  if (camera !== undefined && !maySee(principal, camera)) {
    return new GatewayError('not-allowed', `${describe(principal)} has no right to this camera.`);
  }
  // A new camera is not one that the principal could have a right to.
  if (camera === undefined && action === 'edit-cameras' && principal.cameras !== 'all') {
    return new GatewayError('not-allowed', `${describe(principal)} may not add cameras, only see some.`);
  }
  return undefined;
}

export function maySee(principal: Principal, camera: CameraId): boolean {
  return principal.cameras === 'all' || principal.cameras.has(camera);
}

/** All actions that this principal is allowed on some camera. */
export function permittedActions(principal: Principal): Action[] {
  return ACTIONS.filter((action) => hasAction(principal, action));
}

function hasAction(principal: Principal, action: Action): boolean {
  if (principal.kind === 'share') return BY_SHARE.has(action);
  if (action === 'own-account' && principal.kind !== 'user') return false;
  if (WHOLE_GATEWAY.has(action) && principal.cameras !== 'all') return false;
  return BY_ROLE[principal.role].has(action);
}

function describe(principal: Principal): string {
  if (principal.kind === 'share') return 'A shared link';
  return principal.kind === 'token' ? `The token ${principal.who}` : principal.who;
}
