import * as z from 'zod';
import { accountInput, type SignedInView, sessionView, signedInView } from '../../../shared/api.ts';
import { refusal } from '../../auth/access.ts';
import { hashPassword } from '../../auth/passwords.ts';
import type { Principal } from '../../auth/principal.ts';
import { sessionRight } from '../../auth/stored-rights.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { User } from '../../store/users.ts';
import { browserOf, retryAfterOf } from '../access/browser.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';
import { sessionView as viewOf } from './session-view.ts';

/** What people do with their own account. */
export function accountRoutes({ auth, store, note }: ApiContext): Route[] {
  const signedOut = new GatewayError('not-signed-in', 'You were signed out.');
  const mayManage = (principal: Principal): boolean => refusal(principal, 'manage-users', undefined) === undefined;
  const self = (principal: Principal): User => {
    const user = store.users.get(principal.userId ?? '');
    if (!user) throw signedOut;
    return user;
  };

  return [
    defineRoute({
      method: 'patch',
      path: '/api/account',
      summary: 'Change the own name or password. A new password signs all other browsers out.',
      access: 'own-account',
      input: accountInput,
      output: sessionView,
      async handle({ principal, input, request, response }) {
        const user = self(principal);
        if (input.password !== undefined && user.passwordHash !== undefined) {
          const { currentPassword = '' } = input;
          await auth.signIns.confirm(user, currentPassword, browserOf(request), retryAfterOf(response));
        }
        const passwordHash = input.password === undefined ? undefined : await hashPassword(input.password);
        const change = {
          ...(input.name === undefined ? {} : { name: input.name }),
          ...(passwordHash === undefined ? {} : { passwordHash }),
        };
        store.users.check(user.id, change);
        const write = () => store.users.update(user.id, change, sessionOf(principal));
        if (passwordHash === undefined) write();
        else {
          auth.signIns.signOut(user.id, signedOut, write, sessionOf(principal));
          note({ principal, request }, 'password-changed');
        }
        return viewOf(principal, store.users);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/sessions',
      summary: 'The browsers that are signed in to the own account; `?of=everybody` for administrators.',
      access: 'own-account',
      query: z.object({ of: z.literal('everybody').exactOptional() }),
      output: z.array(signedInView),
      handle({ principal, query }) {
        const user = self(principal);
        if (query.of && !mayManage(principal)) throw new GatewayError('not-allowed', 'Only administrators see others.');
        const current = sessionOf(principal);
        return (query.of ? store.users.list() : [user]).flatMap(({ id, name }) =>
          store.sessions.list(id).map(({ userId: _, ...session }): SignedInView => {
            return { ...session, user: name, current: session.id === current };
          }),
        );
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/sessions/:session',
      summary: 'Sign one browser out. Administrators may do so for everybody.',
      access: 'own-account',
      handle({ principal, param, request }) {
        const session = store.sessions.get(param('session'));
        if (!session || (session.userId !== principal.userId && !mayManage(principal))) {
          throw new GatewayError('not-found', 'There is no such sign-in.');
        }
        auth.rights.revoke([sessionRight(session)], signedOut, () => store.sessions.remove(session.id));
        note({ principal, request }, 'session-ended', { subject: store.users.get(session.userId)?.name ?? '' });
      },
    }),
  ];
}

/** The browser that calls, when it is one. */
function sessionOf({ right }: Principal): string | undefined {
  return right.kind === 'session' ? right.id : undefined;
}
