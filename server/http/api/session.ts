import { confirmInput, sessionView, signInInput, signInLinkInput } from '../../../shared/api.ts';
import { GatewayError } from '../../platform/errors.ts';
import { browserOf, keepSignedIn, retryAfterOf } from '../access/browser.ts';
import { clearSessionCookie } from '../access/credentials.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';
import { sessionView as viewOf } from './session-view.ts';

export function sessionRoutes({ auth, store, note }: ApiContext): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/session',
      summary: 'Sign in with name and password. Open to everybody, throttled by where attempts come from.',
      access: 'public',
      input: signInInput,
      output: sessionView,
      async handle({ input, request, response }) {
        const browser = browserOf(request);
        try {
          const signedIn = await auth.signIns.byPassword(input.name, input.password, browser, retryAfterOf(response));
          keepSignedIn(request, response, signedIn);
          note({ principal: signedIn.principal, request }, 'signed-in');
          return viewOf(signedIn.principal, store.users);
        } catch (error) {
          // Attempts that were not checked are not recorded; otherwise an attacker could push everything else out of the log.
          if (error instanceof GatewayError && error.code === 'not-signed-in') {
            // A typed name is sometimes the password, so only existing names are recorded.
            const who = store.users.byName(input.name)?.name ?? 'somebody';
            note({ principal: { who }, request }, 'sign-in-refused');
          }
          throw error;
        }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/session/link',
      summary:
        'Sign in once by the link that the gateway prints. Open to everybody who has it; its page asks for this when somebody clicks, so that nothing which merely looks at the link uses it up.',
      access: 'public',
      input: signInLinkInput,
      output: sessionView,
      handle({ input, request, response }) {
        const signedIn = auth.signIns.byLink(input.link, browserOf(request));
        keepSignedIn(request, response, signedIn);
        note({ principal: signedIn.principal, request }, 'signed-in-by-link');
        return viewOf(signedIn.principal, store.users);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/session/confirm',
      summary:
        'Give the own password again, which is asked for (`confirm-password`) before accounts and tokens are made or changed.',
      access: 'own-account',
      input: confirmInput,
      handle: ({ principal, input, request, response }) =>
        auth.signIns.confirmSession(principal, input.password, browserOf(request), retryAfterOf(response)),
    }),
    defineRoute({
      method: 'get',
      path: '/api/session',
      summary: 'Who the caller is and what the caller may do.',
      access: 'list-cameras',
      output: sessionView,
      handle: ({ principal }) => viewOf(principal, store.users),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/session',
      summary: 'Sign out. Everything that this browser watches ends.',
      access: 'own-account',
      handle({ principal, request, response }) {
        const reason = new GatewayError('not-signed-in', 'You signed out.');
        auth.rights.revoke([principal.right], reason, () => store.sessions.remove(principal.right.id));
        clearSessionCookie(response, request.secure);
        note({ principal, request }, 'signed-out');
      },
    }),
  ];
}
