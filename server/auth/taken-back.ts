import type { RightName } from '../hub/right.ts';
import { GatewayError } from '../platform/errors.ts';
import type { Store } from '../store/store.ts';
import type { Rights } from './rights.ts';
import type { SignIns } from './sign-ins.ts';
import { linkRight, linkTakenBack, tokenRight } from './stored-rights.ts';

type Parts = {
  readonly store: Pick<Store, 'shares' | 'users' | 'tokens'>;
  readonly rights: Rights;
  readonly signIns: SignIns;
};

/**
 * Called when the camera with this id is gone or is another one. Links to it end, and people whose rights are limited to cameras
 * including this one must sign in again, without it. `write` stores the same.
 */
export function takeBackCamera({ store, rights, signIns }: Parts, camera: string, write: () => void): void {
  const reason = new GatewayError('not-signed-in', 'The cameras that you may see have changed. Sign in again.');
  const hasIt = ({ cameras }: { readonly cameras: 'all' | readonly string[] }): boolean =>
    cameras !== 'all' && cameras.includes(camera);
  const holders: RightName[] = [
    ...store.users
      .list()
      .filter(hasIt)
      .flatMap(({ id }) => signIns.waysIn(id)),
    ...store.tokens.list().filter(hasIt).map(tokenRight),
  ];
  rights.end(holders, reason);
  rights.revoke(store.shares.openOfCamera(camera).map(linkRight), linkTakenBack(), write);
}
