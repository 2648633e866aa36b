import type { Request, Response } from 'express';
import type { Quality } from '../../../shared/camera.ts';
import { type CameraId, isCameraId } from '../../../shared/ids.ts';
import { allowedQuality, type Principal, viewerRights } from '../../auth/principal.ts';
import type { ViewerDescription } from '../../hub/viewer.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { RequestAccess } from '../access/request-access.ts';

/** A checked request to watch `/api/cameras/:id/…`: what this caller gets of what was requested. */
export type ViewRequest = {
  readonly camera: CameraId;
  readonly quality: Quality;
  /** Whether there is sound: `?sound=no` leaves it out, and some shares have none. */
  readonly withSound: boolean;
  /** `?recap=yes` or `no`: whether the caller wants a recap when the group of pictures began long ago. */
  readonly withRecap: boolean;
  readonly principal: Principal;
  readonly viewer: Omit<ViewerDescription, 'kind' | 'statistics' | 'aliveUntilUs' | 'end'>;
};

export function readViewRequest(request: Request, access: RequestAccess): ViewRequest {
  const id = String(request.params.id);
  const principal = access(request, 'view', id as CameraId);
  if (!isCameraId(id)) throw new GatewayError('camera-not-found', 'There is no such camera.');
  const wanted = request.query.quality === 'sub' ? 'sub' : 'main';
  return {
    camera: id,
    quality: allowedQuality(principal, wanted),
    withSound: principal.mayListen && request.query.sound !== 'no',
    withRecap: wantsRecap(request),
    principal,
    viewer: { ...viewerRights(principal), ...(request.ip === undefined ? {} : { address: request.ip }) },
  };
}

/**
 * Scripts in browsers want to be at the live edge, and recorders want each picture at its own time. Browsers mark the requests
 * of scripts (Fetch Metadata).
 */
function wantsRecap(request: Request): boolean {
  const { recap } = request.query;
  return recap === 'yes' || (recap !== 'no' && request.headers['sec-fetch-dest'] === 'empty');
}

/** Aborts when the caller goes away. */
export function whenGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}
