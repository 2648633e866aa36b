import type { ErrorBody } from '../../../shared/api.ts';
import type { ErrorCode } from '../../../shared/error-code.ts';
import { commonTexts } from '../texts/en/common.ts';
import { errorTexts } from '../texts/en/errors.ts';
import { gatewaySentence } from './gateway-sentence.ts';

const TIMEOUT_MS = 15_000;

/** A request that was refused, in a sentence for people. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ErrorCode | 'unreachable';

  constructor(code: ErrorCode | 'unreachable', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type RequestOptions = {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Of a share; the session cookie serves everybody else. */
  readonly token?: string | undefined;
};

/** Sends JSON to the gateway and reads JSON back. Rejects with a RequestError, or with the signal's reason. */
export async function request<Answer>(method: Method, address: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(method, address, options);
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : parseJson(text);
  if (!response.ok) throw refusal(answer, response.status);
  return answer as Answer;
}

async function send(method: Method, address: string, options: RequestOptions): Promise<Response> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.token) headers.authorization = `Bearer ${options.token}`;
  try {
    return await fetch(address, {
      method,
      headers,
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new RequestError('unreachable', commonTexts.unreachable, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(answer: unknown, status: number): RequestError {
  const error = (answer as Partial<ErrorBody> | undefined)?.error;
  if (!error) return new RequestError('internal', `${errorTexts.internal} (${status})`);
  return new RequestError(error.code, gatewaySentence(error));
}

/** The part of an address that stands for a name or an id. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

/** What to tell a person about anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
