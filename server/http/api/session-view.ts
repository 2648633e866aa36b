import type { SessionView } from '../../../shared/api.ts';
import { permittedActions } from '../../auth/access.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Users } from '../../store/users.ts';

/** Who the caller is, and what the dashboard should offer. */
export function sessionView(principal: Principal, users: Users): SessionView {
  const user = principal.userId === undefined ? undefined : users.get(principal.userId);
  return {
    kind: principal.kind,
    name: user?.name ?? principal.who,
    role: principal.role,
    cameras: principal.cameras === 'all' ? 'all' : [...principal.cameras],
    may: permittedActions(principal),
    mayListen: principal.mayListen,
    qualityCeiling: principal.qualityCeiling,
    ...(principal.right.untilMs === undefined ? {} : { validUntil: principal.right.untilMs }),
    needsPassword: user !== undefined && user.passwordHash === undefined,
  };
}
