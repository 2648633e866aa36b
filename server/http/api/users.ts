import * as z from 'zod';
import { type UserView, userInput, userPatch, userView } from '../../../shared/api.ts';
import { hashPassword } from '../../auth/passwords.ts';
import { accountRight, removed } from '../../auth/sign-ins.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { User, UserChange } from '../../store/users.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

export function userRoutes({ auth, store, clock, note }: ApiContext): Route[] {
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
      summary: 'Remove an account. Whatever the person watches ends.',
      access: 'manage-users',
      handle({ principal, param, request }) {
        const user = store.users.checkRemoval(param('user'));
        auth.rights.revoke([accountRight(user.id)], removed(), () => store.users.remove(user.id));
        note({ principal, request }, 'user-removed', { subject: user.name });
      },
    }),
  ];
}

function viewOf({ passwordHash, ...user }: User): UserView {
  return { ...user, hasPassword: passwordHash !== undefined };
}
