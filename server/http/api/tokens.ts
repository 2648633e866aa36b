import * as z from 'zod';
import { tokenCreated, tokenInput, tokenView } from '../../../shared/api.ts';
import { takenBack, tokenRight } from '../../auth/api-tokens.ts';
import { createToken, hashToken } from '../../auth/token.ts';
import { GatewayError } from '../../platform/errors.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

export function tokenRoutes({ auth, store, clock, note }: ApiContext): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/tokens',
      summary: 'Tokens for machines that were made here; those of the configuration file are not listed.',
      access: 'manage-users',
      output: z.array(tokenView),
      handle: () => store.tokens.list(),
    }),
    defineRoute({
      method: 'post',
      path: '/api/tokens',
      summary: 'Make a token for a machine. The answer is the only time that it is shown.',
      access: 'manage-users',
      input: tokenInput,
      output: tokenCreated,
      status: 201,
      handle({ principal, input, request }) {
        const token = createToken('api');
        const view = store.tokens.add({ ...input, createdBy: principal.who }, hashToken(token), clock.wallMs());
        note({ principal, request }, 'token-made', { subject: view.name, detail: view.role });
        return { token, view };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/tokens/:token',
      summary: 'Take a token back. Whatever is watched with it ends.',
      access: 'manage-users',
      handle({ principal, param, request }) {
        const token = store.tokens.get(param('token'));
        if (!token) throw new GatewayError('not-found', 'There is no such token.');
        auth.rights.revoke([tokenRight(token)], takenBack(), () => store.tokens.remove(token.id));
        note({ principal, request }, 'token-revoked', { subject: token.name });
      },
    }),
  ];
}
