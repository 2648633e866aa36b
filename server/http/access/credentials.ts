import type { IncomingHttpHeaders } from 'node:http';
import type { CookieOptions, Response } from 'express';
import type { Credentials } from '../../auth/auth.ts';

/** The __Host- prefix makes browsers refuse a cookie that another host or plain HTTP set; it exists for HTTPS only. */
function cookieName(name: 'session' | 'device', secure: boolean): string {
  return `${secure ? '__Host-' : ''}oriel_${name}`;
}

/** The longest time that browsers keep a cookie. Whether it is still valid is decided by the gateway. */
const COOKIE_MS = 400 * 24 * 3600_000;
const MAX_TOKEN_LENGTH = 512;

function cookieOptions(secure: boolean): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', secure, path: '/' };
}

export function setCookie(response: Response, name: 'session' | 'device', value: string, secure: boolean): void {
  response.cookie(cookieName(name, secure), value, { ...cookieOptions(secure), maxAge: COOKIE_MS });
}

export function clearSessionCookie(response: Response, secure: boolean): void {
  response.clearCookie(cookieName('session', secure), cookieOptions(secure));
}

export function readCookie(
  headers: IncomingHttpHeaders,
  name: 'session' | 'device',
  secure: boolean,
): string | undefined {
  const wanted = `${cookieName(name, secure)}=`;
  for (const pair of (headers.cookie ?? '').split(';')) {
    const text = pair.trim();
    if (text.startsWith(wanted)) return text.slice(wanted.length);
  }
  return undefined;
}

/** A token in the Authorization header takes precedence over one in the address, and both over the cookie. */
export function readCredentials(headers: IncomingHttpHeaders, url: string, secure: boolean): Credentials {
  const token = bearerToken(headers) ?? queryToken(url);
  const session = readCookie(headers, 'session', secure);
  return { ...(token === undefined ? {} : { token }), ...(session === undefined ? {} : { session }) };
}

function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  const match = /^Bearer +(\S+)$/i.exec(authorization ?? '');
  return match?.[1]?.slice(0, MAX_TOKEN_LENGTH);
}

function queryToken(url: string): string | undefined {
  const query = url.indexOf('?');
  const token = query < 0 ? null : new URLSearchParams(url.slice(query)).get('token');
  return token ? token.slice(0, MAX_TOKEN_LENGTH) : undefined;
}
