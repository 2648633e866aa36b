import { ERROR_CODES, type ErrorCode } from '../../../../shared/error-code.ts';
import type { ApiError } from '../../../../shared/events.ts';
import { Refusal } from '../signalling/signalling.ts';
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
  if (error instanceof Refusal && REFUSALS.has(error.code)) {
    return { kind: 'refused', code: error.code, message: error.message };
  }
  return { kind: 'broken', why: error instanceof Refusal ? 'ended' : 'connection' };
}

/** Reads the gateway's refusal from an answer; a proxy's own page in between counts by its status. */
export async function refusalOf(response: Response): Promise<Refusal> {
  return parseRefusal(response.status, await response.text().catch(() => ''));
}

export function parseRefusal(status: number, body: string): Refusal {
  try {
    const { error } = JSON.parse(body) as { error?: Partial<ApiError> };
    const code = ERROR_CODES.find((known) => known === error?.code);
    if (code) return new Refusal(code, error?.message ?? code);
  } catch {
    // Not our words: judged by the status below.
  }
  return new Refusal(BY_STATUS[status] ?? 'internal', `The gateway answered ${status}.`);
}

const BY_STATUS: Record<number, ErrorCode> = {
  401: 'not-signed-in',
  403: 'not-allowed',
  422: 'no-common-codec',
  429: 'too-many-requests',
};
