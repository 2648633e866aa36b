import type { Request } from 'express';
import type { CameraId } from '../../../shared/ids.ts';
import type { Action, Principal } from '../../auth/principal.ts';

/**
 * Returns who sends this request if they may do this. Every router gets this function and calls it first. Throws a GatewayError
 * (`not-signed-in`, `not-allowed`, `share-expired`, …), with which the server answers. Reads the session cookie,
 * `Authorization: Bearer TOKEN` or `?token=`.
 */
export type RequestAccess = (request: Request, action: Action, camera?: CameraId) => Principal;
