import { type Request, Router } from 'express';
import { type CameraId, isCameraId } from '../../../shared/ids.ts';
import { allowedQuality, viewerRights } from '../../auth/principal.ts';
import type { StillOutput, StillRequest } from '../../outputs/still/still-output.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { RequestAccess } from '../access/request-access.ts';
import { whenGone } from './view-request.ts';

export type StillRouteParts = { readonly output: StillOutput; readonly access: RequestAccess };

/**
 * `GET /api/cameras/:id/snapshot.jpg?quality=sub` connects to the camera and answers with its newest key frame.
 * `GET /api/cameras/:id/last-still.mp4?quality=sub` answers with the newest known one as a video of one frame, or 204.
 * Last-Modified says when it was received.
 */
export function createStillRouter({ output, access }: StillRouteParts): Router {
  const router = Router();
  router.get('/api/cameras/:id/snapshot.jpg', async (request, response) => {
    const still = await output.take(readStillRequest(request, access), whenGone(response));
    response.set('cache-control', 'no-store');
    response.set('last-modified', new Date(still.takenMs).toUTCString());
    response.type('image/jpeg').send(Buffer.from(still.jpeg));
  });
  router.get('/api/cameras/:id/last-still.mp4', (request, response) => {
    const still = output.last(readStillRequest(request, access));
    response.set('cache-control', 'no-store');
    if (!still) {
      response.status(204).end();
      return;
    }
    response.set('last-modified', new Date(still.takenMs).toUTCString());
    response.set('content-type', still.mimeType).send(Buffer.from(still.bytes));
  });
  return router;
}

function readStillRequest(request: Request, access: RequestAccess): StillRequest {
  const camera = String(request.params.id) as CameraId;
  const principal = access(request, 'snapshot', camera);
  if (!isCameraId(camera)) throw new GatewayError('camera-not-found', 'There is no such camera.');
  return {
    camera,
    quality: allowedQuality(principal, request.query.quality === 'sub' ? 'sub' : 'main'),
    viewer: { ...viewerRights(principal), ...(request.ip === undefined ? {} : { address: request.ip }) },
  };
}
