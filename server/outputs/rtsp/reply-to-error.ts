import type { ErrorCode } from '../../../shared/error-code.ts';
import type { GatewayError } from '../../platform/errors.ts';
import type { ServerReply } from '../../protocols/rtsp/server-request.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'not-signed-in': 401,
  'not-allowed': 403,
  'share-expired': 403,
  'share-revoked': 403,
  'view-ended': 403,
  'camera-not-found': 404,
  'not-found': 404,
  'too-many-viewers': 453,
  internal: 500,
};

/** The sentence comes after the status code, where RTSP clients show it. All errors on the camera's side become a 503. */
export function replyToError(error: GatewayError): ServerReply {
  return {
    status: STATUS[error.code] ?? 503,
    ...(error.code === 'internal' ? {} : { reason: error.message }),
  };
}
