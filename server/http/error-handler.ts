import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { ErrorBody } from '../../shared/api.ts';
import { httpStatus } from '../../shared/error-code.ts';
import type { ApiError } from '../../shared/events.ts';
import { GatewayError } from '../platform/errors.ts';
import { redact } from '../platform/redact.ts';

/** What Express and its body parser throw. */
type HttpError = Error & { readonly status?: number; readonly type?: string };

/** Turns anything thrown into an answer. Unexpected errors are logged and not shown to the caller. */
export function presentError(thrown: unknown, log: Logger): ApiError {
  if (thrown instanceof GatewayError) return { code: thrown.code, message: redact(thrown.message) };
  const { status, type } = thrown as HttpError;
  if (type === 'entity.too.large') return { code: 'too-large', message: 'The body of this request is too large.' };
  if (status !== undefined && status >= 400 && status < 500) {
    return { code: 'bad-request', message: 'This request cannot be read. Check its address and its body.' };
  }
  log.error({ err: thrown }, 'request failed unexpectedly');
  return { code: 'internal', message: 'Something went wrong in the gateway. Its log says more.' };
}

export function errorHandler(log: Logger): ErrorRequestHandler {
  return (thrown, _request, response, _next) => {
    const error = presentError(thrown, log);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const body: ErrorBody = { error };
    if (error.code === 'not-signed-in') response.set('www-authenticate', 'Bearer realm="oriel"');
    const { retryAfterMs } = thrown as Partial<GatewayError>;
    if (retryAfterMs !== undefined) response.set('retry-after', String(Math.ceil(retryAfterMs / 1000)));
    response.set('cache-control', 'no-store').status(httpStatus(error.code)).json(body);
  };
}

export const apiNotFound: RequestHandler = (request) => {
  throw new GatewayError('not-found', `There is no ${request.method} ${request.path}. See /api/openapi.json.`);
};
