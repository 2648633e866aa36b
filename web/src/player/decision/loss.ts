import type { ErrorCode } from '../../../../shared/error-code.ts';
import { GatewayError } from '../../gateway/gateway-error.ts';
import type { Loss } from './player-state.ts';

/** What the gateway says no with. Every other code is a failure that may pass. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'not-signed-in',
  'not-allowed',
  'camera-not-found',
  'share-expired',
  'share-revoked',
  'view-ended',
  'too-many-viewers',
  'too-many-requests',
  'no-common-codec',
]);

export function lossOf(error: unknown): Loss {
  if (!(error instanceof GatewayError) || error.code === 'unreachable') return { kind: 'broken', why: 'connection' };
  const { code, message } = error;
  return REFUSALS.has(code) ? { kind: 'refused', code, message } : { kind: 'broken', why: 'ended' };
}
