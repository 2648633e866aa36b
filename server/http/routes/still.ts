import { Router } from 'express';
import { type CameraId, isCameraId } from '../../../shared/ids.ts';
import { allowedQuality, viewerRights } from '../../auth/principal.ts';
import type { StillOutput } from '../../outputs/still/still-output.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { RequestAccess } from '../request-access.ts';
import { whenGone } from '../view-request.ts';

export type StillRouteParts = { readonly output: StillOutput; readonly access: RequestAccess };

/** `GET /api/cameras/:id/snapshot.jpg?quality=sub`: the newest key frame; Last-Modified says when it was received. */
export function createStillRouter({ output, access }: StillRouteParts): Router {
  const router = Router();
  router.get('/api/cameras/:id/snapshot.jpg', async (request, response) => {
    const camera = request.params.id as CameraId;
    const principal = access(request, 'snapshot', camera);
    if (!isCameraId(camera)) throw new GatewayError('camera-not-found', 'There is no such camera.');
    // A still is over in a moment: it takes no seat from those who watch through the same link.
    const { cap: _, ...viewer } = viewerRights(principal);
    const quality = allowedQuality(principal, request.query.quality === 'sub' ? 'sub' : 'main');
    const still = await output.take({ camera, quality, viewer }, whenGone(response));
    response.set('cache-control', 'no-store');
    response.set('last-modified', new Date(still.takenMs).toUTCString());
    response.type('image/jpeg').send(Buffer.from(still.jpeg));
  });
  return router;
}
