import type { ErrorCode } from '../../../../shared/error-code.ts';
import { GatewayError } from '../../gateway/gateway-error.ts';
import type { Loss } from './player-state.ts';

/** What the gateway says no with. Every other code is a failure that may pass. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'not-signed-in',
  'not-allowed',
  'site-not-allowed',
  'camera-not-found',
  'share-expired',
  'share-revoked',
  'view-ended',
  'too-many-viewers',
  'too-many-requests',
  'no-common-codec',
]);

/** The gateway knows that the camera is not there: no other way to it would fare better. */
const CAMERA_AWAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'no-route',
  'name-not-found',
  'refused',
  'timeout',
  'wrong-password',
  'needs-password',
  'no-such-path',
  'no-free-session',
  'stalled',
  'camera-closed',
  'camera-off',
  'tls-failed',
  'certificate-changed',
  'device-offline',
  'device-unknown',
  'clock-wrong',
  'no-direct-path',
]);

export function lossOf(error: unknown): Loss {
  if (!(error instanceof GatewayError) || error.code === 'unreachable') return { kind: 'broken', why: 'connection' };
  const { code, message } = error;
  if (REFUSALS.has(code)) return { kind: 'refused', code, message };
  return { kind: 'broken', why: CAMERA_AWAY.has(code) ? 'camera' : 'ended' };
}
