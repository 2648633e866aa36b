import { bearer, credentialsFor } from './gateway-address.ts';
import { errorOf, GatewayError, unreachable } from './gateway-error.ts';
import { siteRefusal } from './site-refusal.ts';

const TIMEOUT_MS = 15_000;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type RequestOptions = {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, with its type. */
  readonly content?: { readonly type: string; readonly text: string };
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take; an endless answer has no such limit. */
  readonly timeoutMs?: number | 'endless';
  /** The right to a share or an embedded camera; the session cookie serves everybody else. */
  readonly token?: string | undefined;
  /** Origin of the gateway, where it is not that of the page. */
  readonly gateway?: string;
};

let confirmPerson: (() => Promise<boolean>) | undefined;

/** What asks the person for the password when the gateway wants it again; true when it was given: the request is sent again. */
export function confirmPersonWith(confirm: () => Promise<boolean>): void {
  confirmPerson = confirm;
}

/** Sends JSON to the gateway and reads JSON back. Rejects with a GatewayError, or with the signal's reason. */
export async function ask<Answer>(method: Method, address: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(method, address, options).catch(async (error: unknown) => {
    const isAsked = error instanceof GatewayError && error.code === 'confirm-password';
    if (!isAsked || !(await confirmPerson?.())) throw error;
    return send(method, address, options);
  });
  const text = await orUnreachable(response.text(), options.signal);
  return (text === '' ? undefined : parseJson(text)) as Answer;
}

/** Sends anything to the gateway and waits until it accepts. Rejects with a GatewayError, or with the signal's reason. */
export async function send(method: Method, address: string, options: RequestOptions = {}): Promise<Response> {
  const { body, content, token, gateway = '' } = options;
  const type = content?.type ?? (body === undefined ? undefined : 'application/json');
  const request = fetch(gateway + address, {
    method,
    headers: { ...bearer(token), ...(type !== undefined && { 'content-type': type }) },
    credentials: credentialsFor(gateway),
    cache: 'no-store',
    // A page that is being left still takes back what it asked for.
    keepalive: method === 'DELETE',
    signal: limitOf(options),
    body: content?.text ?? (body === undefined ? null : JSON.stringify(body)),
  });
  const response = await orUnreachable(request, options.signal).catch(async (error: unknown) => {
    const refusal = error instanceof GatewayError ? await siteRefusal(gateway, address, token) : undefined;
    throw refusal ?? error;
  });
  if (!response.ok) throw await errorOf(response);
  return response;
}

function limitOf({ signal, timeoutMs = TIMEOUT_MS }: RequestOptions): AbortSignal | null {
  if (timeoutMs === 'endless') return signal ?? null;
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

async function orUnreachable<Value>(answer: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
