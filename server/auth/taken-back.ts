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
 * The camera behind this id is gone or is another one: links to it end, and whoever is limited to cameras and had this one
 * comes in anew, without it. `write` says the same in the store.
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
