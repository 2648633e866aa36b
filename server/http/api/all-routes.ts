import type { Route } from '../route.ts';
import { accountRoutes } from './account.ts';
import type { ApiContext } from './api-context.ts';
import { auditRoutes } from './audit.ts';
import { cameraRoutes } from './cameras.ts';
import { controlRoutes } from './controls.ts';
import { gatewayRoutes } from './gateway.ts';
import { probeRoutes } from './probe.ts';
import { savedViewRoutes } from './saved-views.ts';
import { sessionRoutes } from './session.ts';
import { shareRoutes } from './shares.ts';
import { tokenRoutes } from './tokens.ts';
import { userRoutes } from './users.ts';
import { viewerRoutes } from './viewers.ts';

/** The whole REST API. Probing comes before `/api/cameras/:id`, which would match its address as a camera. */
export function allRoutes(context: ApiContext): readonly Route[] {
  return [
    gatewayRoutes,
    sessionRoutes,
    accountRoutes,
    probeRoutes,
    cameraRoutes,
    controlRoutes,
    shareRoutes,
    viewerRoutes,
    userRoutes,
    tokenRoutes,
    savedViewRoutes,
    auditRoutes,
  ].flatMap((routes) => routes(context));
}
