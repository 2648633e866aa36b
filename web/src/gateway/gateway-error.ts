import { ERROR_CODES, type ErrorCode } from '../../../shared/error-code.ts';
import type { ApiError } from '../../../shared/events.ts';
import { errorTexts } from '../texts/en/errors.ts';
import { gatewaySentence } from './gateway-sentence.ts';

/** The gateway said no, or could not be asked. The message is a sentence for people, in the language of the page. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode | 'unreachable';

  constructor(code: ErrorCode | 'unreachable', message: string, options?: ErrorOptions) {
    super(gatewaySentence({ code, message }), options);
    this.code = code;
  }
}

export function unreachable(cause?: unknown): GatewayError {
  return new GatewayError('unreachable', errorTexts.unreachable, { cause });
}

/** Reads the gateway's refusal from an answer. Where a proxy answered instead, only the status counts. */
export async function errorOf(response: Response): Promise<GatewayError> {
  return parseError(response.status, await response.text().catch(() => ''));
}

export function parseError(status: number, body: string): GatewayError {
  try {
    const { error } = JSON.parse(body) as { error?: Partial<ApiError> };
    const code = ERROR_CODES.find((known) => known === error?.code);
    if (code) return new GatewayError(code, error?.message ?? code);
  } catch {
    // These are not the words of the gateway, so that only the status counts.
  }
  const code = BY_STATUS[status] ?? 'internal';
  return new GatewayError(code, `${errorTexts[code]} (${status})`);
}

const BY_STATUS: Record<number, 'not-signed-in' | 'not-allowed' | 'no-common-codec' | 'too-many-requests'> = {
  401: 'not-signed-in',
  403: 'not-allowed',
  422: 'no-common-codec',
  429: 'too-many-requests',
};

/** What to tell a person about anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
