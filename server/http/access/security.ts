import type { Request, RequestHandler } from 'express';
import rateLimit, { type MemoryStore } from 'express-rate-limit';
import helmet from 'helmet';
import type { CameraId } from '../../../shared/ids.ts';
import { GatewayError } from '../../platform/errors.ts';
import { readCredentials } from './credentials.ts';
import { isCrossSiteChange } from './cross-site.ts';

/** Allows only our own files, and pictures that scripts make (blob: for MSE, stills and the player's worker). */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

const NOT_A_PAGE = "default-src 'none'; frame-ancestors 'none'";
const ONE_YEAR_S = 365 * 24 * 3600;

/** Headers of every answer; pages replace the content policy with their own. */
export function securityHeaders(): RequestHandler[] {
  const general = helmet({ contentSecurityPolicy: false, strictTransportSecurity: false, xFrameOptions: false });
  const own: RequestHandler = (request, response, next) => {
    response.set('content-security-policy', NOT_A_PAGE);
    response.set('permissions-policy', 'camera=(), geolocation=(), payment=(), microphone=(self)');
    if (request.secure) response.set('strict-transport-security', `max-age=${ONE_YEAR_S}`);
    next();
  };
  return [general, own];
}

/** The characters that are allowed in a policy. A semicolon in an origin would begin another rule. */
const POLICY_SOURCE = /^(?:'self'|https?:\/\/[a-z0-9.*:[\]-]+)$/i;

/** `ancestors`: the origins that may show this page in a frame. */
export function pagePolicy(ancestors: readonly string[]): string {
  const sources = ancestors.filter((source) => POLICY_SOURCE.test(source));
  return `${PAGE_POLICY}; frame-ancestors ${sources.length === 0 ? "'none'" : sources.join(' ')}`;
}

/** A page of another site cannot know a token, so it cannot have forged a request with a token. */
export const refuseCrossSite: RequestHandler = (request, _response, next) => {
  if (isCrossSiteChange(request.method, request.headers, request.host)) {
    const { token } = readCredentials(request.headers, request.url, request.secure);
    if (token === undefined) throw new GatewayError('not-allowed', 'A page of another site sent this request.');
  }
  next();
};

export type AllowedOrigins = (camera: CameraId) => readonly string[];

/** Lets players on pages of allowed origins use a token (never the cookie: credentials are not allowed). */
export function allowOrigins(allowed: AllowedOrigins): RequestHandler {
  return (request, response, next) => {
    response.vary('origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed(String(request.params.id) as CameraId).includes(origin)) return next();
    response.set('access-control-allow-origin', origin);
    response.set('access-control-expose-headers', 'Location, ETag, Link, Retry-After');
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return next();
    response.set('access-control-allow-methods', 'GET, POST, PATCH, DELETE');
    response.set('access-control-allow-headers', 'Authorization, Content-Type, If-Match, Range');
    response.set('access-control-max-age', '7200').status(204).end();
  };
}

const WINDOW_MS = 60_000;
const MAX_FAILURES = 240;

/**
 * An address that is refused again and again is guessing. Requests that succeed (a wall of HLS players) are not counted, and
 * callers with a valid right are still served: behind a proxy everybody may have the attacker's address.
 */
export function limitFailures(store: MemoryStore, isKnown: (request: Request) => boolean): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: MAX_FAILURES,
    store,
    // Signing in has its own throttle, which knows better whom it must not lock out.
    skip: (request) => request.originalUrl === '/api/session',
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_request, response) => ![400, 401, 403, 404].includes(response.statusCode),
    validate: false,
    legacyHeaders: false,
    standardHeaders: false,
    handler: (request: Request, _response, next) => {
      if (isKnown(request)) return next();
      next(new GatewayError('too-many-requests', 'Too many refused requests from this address. Wait a minute.'));
    },
  });
}
