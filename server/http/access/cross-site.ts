import type { IncomingHttpHeaders } from 'node:http';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether another site's page made this browser send a request that changes something. Browsers say where a request comes
 * from: Sec-Fetch-Site on secure origins, Origin on every POST. Programs send neither, and no cookie that a page could abuse.
 */
export function isCrossSiteChange(method: string, headers: IncomingHttpHeaders, host: string): boolean {
  if (SAFE_METHODS.has(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return headers.origin !== undefined && !isOriginOf(headers.origin, host);
}

/** Whether a page of this origin came from this host. The scheme is ignored, because a proxy may add HTTPS. */
export function isOriginOf(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host.toLowerCase();
  } catch {
    return false;
  }
}
