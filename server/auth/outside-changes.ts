import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import type { Store } from '../store/store.ts';
import type { Revocations } from './revocations.ts';
import { sessionGrant, userGrant } from './sign-ins.ts';

const LOOK_EVERY_MS = 1000;

type Parts = {
  readonly store: Pick<Store, 'users' | 'sessions' | 'changedOutside'>;
  readonly revocations: Revocations;
  readonly clock: Clock;
};

/** Right hangs on these; the value changes when the right does. */
type Rights = ReadonlyMap<string, string>;

/**
 * `oriel user` writes to the store while the gateway runs. Requests see that at once; what runs already (pictures, sockets)
 * is ended here within a second. Returns what stops the watch.
 */
export function watchOutsideChanges({ store, revocations, clock }: Parts): () => void {
  let known = readRights(store);
  let cancel: () => void;
  const look = (): void => {
    const before = known;
    known = readRights(store);
    if (store.changedOutside()) {
      const gone = [...before].filter(([grant, right]) => known.get(grant) !== right).map(([grant]) => grant);
      revocations.revoke(gone, new GatewayError('not-signed-in', 'Your account was changed. Sign in again.'));
    }
    cancel = clock.after(LOOK_EVERY_MS, look);
  };
  cancel = clock.after(LOOK_EVERY_MS, look);
  return () => cancel();
}

function readRights({ users, sessions }: Parts['store']): Rights {
  return new Map(
    users.list().flatMap(({ id, role, cameras, passwordHash = '' }) => {
      const right = [role, cameras, passwordHash].join(' ');
      return [[userGrant(id), right], ...sessions.list(id).map((session) => [sessionGrant(session.id), ''] as const)];
    }),
  );
}
