import type { Logger } from 'pino';
import { type Clock, every } from '../platform/clock.ts';
import type { Store } from './store.ts';

const LOOK_EVERY_MS = 2000;

/** Logs when the data can no longer be read or written, and when it can again. Returns a function that stops the watch. */
export function watchData(store: Pick<Store, 'look' | 'problem'>, clock: Clock, log: Logger): () => void {
  let said: string | undefined;
  return every(clock, LOOK_EVERY_MS, () => {
    store.look();
    const problem = store.problem()?.message;
    if (problem === said) return;
    said = problem;
    if (problem) log.error(problem);
    else log.info('the data can be read and written again');
  });
}
