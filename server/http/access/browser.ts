import type { Request, Response } from 'express';
import type { Browser, RetryAfter, SignedIn } from '../../auth/sign-ins.ts';
import { readCookie, setCookie } from './credentials.ts';

export function browserOf(request: Request): Browser {
  return {
    address: request.ip ?? '',
    agent: request.get('user-agent'),
    device: readCookie(request.headers, 'device', request.secure),
  };
}

export function keepSignedIn(request: Request, response: Response, { token, device }: SignedIn): void {
  setCookie(response, 'session', token, request.secure);
  setCookie(response, 'device', device, request.secure);
}

export function retryAfterOf(response: Response): RetryAfter {
  return (ms) => response.set('retry-after', String(Math.ceil(ms / 1000)));
}
