import { type Clock, every } from '../platform/clock.ts';
import type { Store } from '../store/store.ts';
import type { Rights } from './rights.ts';

const LOOK_EVERY_MS = 1000;

type Parts = { readonly store: Pick<Store, 'changedOutside'>; readonly rights: Rights; readonly clock: Clock };

/**
 * `oriel user` writes to the store while the gateway runs. New requests see that at once. Running pictures and sockets are ended
 * here within a second. Returns a function that stops the watch.
 */
export function watchOutsideChanges({ store, rights, clock }: Parts): () => void {
  // If the store could not be read, it is read again next time.
  let isDue = false;
  return every(clock, LOOK_EVERY_MS, () => {
    isDue ||= store.changedOutside();
    if (isDue) rights.review();
    isDue = false;
  });
}
