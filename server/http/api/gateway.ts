import * as z from 'zod';
import { gatewayView } from '../../../shared/api.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

const health = z.strictObject({ status: z.enum(['ok', 'degraded', 'stopping']) });

const iceServer = z.strictObject({
  urls: z.array(z.string()),
  username: z.string().exactOptional(),
  credential: z.string().exactOptional(),
});

/** About the gateway itself. */
export function gatewayRoutes({ gateway, isReady, webrtc, store }: ApiContext): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/healthz',
      summary: 'The process lives. Open to everybody.',
      access: 'public',
      output: health,
      handle: () => ({ status: 'ok' as const }),
    }),
    defineRoute({
      method: 'get',
      path: '/readyz',
      summary:
        'The gateway takes viewers; 503 while it stops. Degraded: pictures go on, but nothing can be changed. Open to everybody.',
      access: 'public',
      output: health,
      handle({ response }) {
        if (isReady()) return { status: store.problem() ? ('degraded' as const) : ('ok' as const) };
        response.status(503);
        return { status: 'stopping' as const };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/gateway',
      summary: 'What a page needs to know of this gateway.',
      access: 'list-cameras',
      output: gatewayView,
      handle({ principal }) {
        const problem = store.problem();
        // The sentence names a folder of this machine, so only some people may see it.
        if (!problem || principal.kind !== 'user' || principal.role === 'viewer') return gateway;
        return { ...gateway, problem: { code: problem.code, message: problem.message } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/ice-servers',
      summary: 'STUN and TURN servers for a WHEP player, with credentials that expire.',
      access: 'list-cameras',
      output: z.array(iceServer),
      handle: ({ principal }) => webrtc.iceServersFor(principal.who),
    }),
  ];
}
