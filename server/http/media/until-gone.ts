import type { Response } from 'express';

/** Aborts when the caller goes away, or after a time; for work that only this answer needs. */
export function untilGone(response: Response, timeoutMs: number): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, AbortSignal.timeout(timeoutMs)]);
}
