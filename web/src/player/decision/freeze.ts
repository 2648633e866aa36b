import type { StreamState } from '../../../../shared/camera.ts';
import type { ErrorCode } from '../../../../shared/error-code.ts';
import type { Culprit } from './player-state.ts';

/** A picture older than this is never shown as live. */
export const FROZEN_AFTER_MS = 2000;
/** A transport whose picture stands for so long, though the camera sends, is given up. */
export const GIVE_UP_AFTER_MS = 4000;
/** Bytes within this time mean that the way to here works and the decoder does not. */
const BYTES_FRESH_MS = 1500;

const UPLINK_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'no-route',
  'name-not-found',
  'no-direct-path',
  'device-offline',
]);

/** Whose fault a standing picture is, from what the gateway says and what still arrives here. */
export function culpritOf(stream: StreamState | undefined, gatewayReachable: boolean, bytesAgeMs: number): Culprit {
  if (bytesAgeMs < BYTES_FRESH_MS) return 'browser';
  if (!gatewayReachable) return 'gateway';
  if (stream?.phase === 'offline') return UPLINK_CODES.has(stream.code) ? 'uplink' : 'camera';
  if (stream?.phase === 'stalled' || stream?.phase === 'starting') return 'camera';
  return 'network';
}
