import * as z from 'zod';
import { type ViewerView, viewerView } from '../../../shared/api.ts';
import { maySee } from '../../auth/access.ts';
import { hashToken } from '../../auth/token.ts';
import { personOf } from '../../hub/seats.ts';
import type { Viewer } from '../../hub/viewer.ts';
import { GatewayError } from '../../platform/errors.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

/** Who watches now. */
export function viewerRoutes({ hub, require, note }: ApiContext): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/viewers',
      summary: 'Who watches now, on the cameras that the caller may see.',
      access: 'see-viewers',
      output: z.array(viewerView),
      handle({ principal }) {
        return hub
          .viewers()
          .filter(({ camera }) => maySee(principal, camera))
          .map(viewOf);
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/viewers/:viewer',
      summary:
        'End one view; its player does not come back by itself. To keep somebody out, take the link or the account away.',
      access: 'kick-viewers',
      handle({ principal, param, request }) {
        const viewer = hub.viewers().find(({ id }) => id === param('viewer'));
        if (!viewer) throw new GatewayError('not-found', 'This viewer is gone already.');
        require(principal, 'kick-viewers', viewer.camera);
        hub.kick(viewer);
        note({ principal, request }, 'viewer-kicked', { subject: viewer.camera, detail: viewer.who });
      },
    }),
  ];
}

/** The name distinguishes people without revealing how they signed in. */
const PERSON_LENGTH = 12;

function viewOf(viewer: Viewer): ViewerView {
  const { id, camera, quality, kind, who, address, right, sinceMs } = viewer;
  return {
    id,
    camera,
    quality,
    kind,
    who,
    sinceMs,
    person: hashToken(personOf(viewer)).slice(0, PERSON_LENGTH),
    ...(address === undefined ? {} : { address }),
    ...(right.kind === 'link' ? { share: right.id } : {}),
    ...viewer.statistics?.(),
  };
}
