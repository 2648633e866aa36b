import type { RequestHandler } from 'express';
import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../../store/store.ts';

const ASK_EVERY_MS = 25;
const LONGEST_MS = 5000;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Another process may lock the store for a moment. The store is synchronous, so a request that changes something waits here and
 * does not block other requests. After the longest wait it goes on, and the write is then refused with a sentence.
 */
export function untilWritable(store: Pick<Store, 'canWrite'>, clock: Clock): RequestHandler {
  return async ({ method }, _response, next) => {
    const endUs = clock.nowUs() + LONGEST_MS * 1000;
    while (!READS.has(method) && !store.canWrite() && clock.nowUs() < endUs) {
      await new Promise<void>((resolve) => void clock.after(ASK_EVERY_MS, resolve));
    }
    next();
  };
}
