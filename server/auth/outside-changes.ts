import type { Clock } from '../platform/clock.ts';
import type { Store } from '../store/store.ts';
import type { Rights } from './rights.ts';

const LOOK_EVERY_MS = 1000;

type Parts = { readonly store: Pick<Store, 'changedOutside'>; readonly rights: Rights; readonly clock: Clock };

/**
 * `oriel user` writes to the store while the gateway runs. Requests see that at once; what runs already (pictures, sockets)
 * is ended here within a second. Returns what stops the watch.
 */
export function watchOutsideChanges({ store, rights, clock }: Parts): () => void {
  let cancel: () => void;
  const look = (): void => {
    if (store.changedOutside()) rights.review();
    cancel = clock.after(LOOK_EVERY_MS, look);
  };
  cancel = clock.after(LOOK_EVERY_MS, look);
  return () => cancel();
}
