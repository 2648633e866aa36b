import * as z from 'zod';
import { type UserView, userInput, userPatch, userView } from '../../../shared/api.ts';
import { hashPassword } from '../../auth/passwords.ts';
import { accountRight, linkRight, removed, tokenRight } from '../../auth/stored-rights.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { ShareLink } from '../../store/share-links.ts';
import type { ApiToken } from '../../store/tokens.ts';
import type { User, UserChange } from '../../store/users.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

export function userRoutes({ auth, store, clock, note }: ApiContext): Route[] {
  const viewOf = ({ passwordHash, ...user }: User): UserView => {
    return { ...user, hasPassword: passwordHash !== undefined, made: store.users.made(user.id, clock.wallMs()) };
  };

  /** Only somebody who could have made the same links and tokens can take them over. */
  const heirOf = (user: User, id: string): User => {
    const heir = store.users.get(id);
    if (!heir || heir.id === user.id) throw new GatewayError('bad-request', 'handTo: there is no such other account.');
    const isAdmin = heir.role === 'admin' && heir.cameras === 'all';
    const needsAdmin = store.users.made(user.id, clock.wallMs()).tokens > 0;
    if (isAdmin || (heir.role !== 'viewer' && heir.cameras === 'all' && !needsAdmin)) return heir;
    const who = needsAdmin ? 'an administrator' : 'an operator or administrator';
    throw new GatewayError(
      'bad-request',
      `handTo: ${heir.name} is not ${who} of all cameras, and could not look after them.`,
    );
  };

  /** Rights that are in use continue without interruption. */
  const handOver = (user: User, heir: User): void => {
    const isTheirs = ({ maker }: ShareLink | ApiToken): boolean => maker?.kind === 'account' && maker.id === user.id;
    const names = [
      ...store.shares.list().filter(isTheirs).map(linkRight),
      ...store.tokens.list().filter(isTheirs).map(tokenRight),
    ];
    for (const name of names) auth.rights.find(name)?.handTo(auth.storedRights.account(heir.id));
  };

  return [
    defineRoute({
      method: 'get',
      path: '/api/users',
      summary: 'All accounts.',
      access: 'manage-users',
      output: z.array(userView),
      handle: () => store.users.list().map(viewOf),
    }),
    defineRoute({
      method: 'post',
      path: '/api/users',
      summary: 'Add an account.',
      access: 'manage-users',
      input: userInput,
      output: userView,
      status: 201,
      async handle({ principal, input: { password, ...account }, request }) {
        auth.signIns.requireRecent(principal);
        const user = store.users.add({ ...account, passwordHash: await hashPassword(password) }, clock.wallMs());
        note({ principal, request }, 'user-added', { subject: user.name, detail: user.role });
        return viewOf(user);
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/api/users/:user',
      summary: 'Change an account. Other rights or another password sign the person out everywhere.',
      access: 'manage-users',
      input: userPatch,
      output: userView,
      async handle({ principal, input: { password, ...change }, param, request }) {
        auth.signIns.requireRecent(principal);
        const id = param('user');
        const passwordHash = password === undefined ? {} : { passwordHash: await hashPassword(password) };
        const update: UserChange = { ...change, ...passwordHash };
        store.users.check(id, update);
        const write = () => store.users.update(id, update);
        const isAnother = change.role !== undefined || change.cameras !== undefined || password !== undefined;
        const reason = new GatewayError('not-signed-in', 'Your account was changed. Sign in again.');
        const user = isAnother ? auth.signIns.signOut(id, reason, write) : write();
        note({ principal, request }, 'user-changed', { subject: user.name, detail: Object.keys(update).join(', ') });
        return viewOf(user);
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/users/:user',
      summary:
        'Remove an account. Whatever the person watches ends, and so do the links and tokens that the person made, unless `handTo` names the account that has them from now on.',
      access: 'manage-users',
      query: z.object({ handTo: z.string().exactOptional() }),
      handle({ principal, param, query: { handTo }, request }) {
        auth.signIns.requireRecent(principal);
        const user = store.users.checkRemoval(param('user'));
        const heir = handTo === undefined ? undefined : heirOf(user, handTo);
        if (heir) handOver(user, heir);
        auth.rights.revoke([accountRight(user)], removed(), () => store.users.remove(user.id, clock.wallMs(), heir));
        const detail = heir && { detail: `links and tokens go to ${heir.name}` };
        note({ principal, request }, 'user-removed', { subject: user.name, ...detail });
      },
    }),
  ];
}
