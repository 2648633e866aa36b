import * as z from 'zod';
import { type TokenView, tokenCreated, tokenInput, tokenView } from '../../../shared/api.ts';
import { madeBy } from '../../auth/principal.ts';
import { takenBack, tokenRight } from '../../auth/stored-rights.ts';
import { createToken, hashToken } from '../../auth/token.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { ApiToken } from '../../store/tokens.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

/** A forgotten token must not be valid for ever. */
const DEFAULT_TOKEN_LIFE_MS = 365 * 24 * 3600_000;

export function tokenRoutes({ auth, store, clock, note }: ApiContext): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/tokens',
      summary: 'Tokens for machines that were made here; those of the configuration file are not listed.',
      access: 'manage-users',
      output: z.array(tokenView),
      handle: () => store.tokens.list().map(viewOf),
    }),
    defineRoute({
      method: 'post',
      path: '/api/tokens',
      summary:
        'Make a token for a machine, for a year unless `expiresAt` says otherwise (null: without an end). It ends with whoever made it. The answer is the only time that it is shown.',
      access: 'manage-users',
      input: tokenInput,
      output: tokenCreated,
      status: 201,
      handle({ principal, input, request }) {
        auth.signIns.requireRecent(principal);
        const token = createToken('api');
        const nowMs = clock.wallMs();
        const { expiresAt = nowMs + DEFAULT_TOKEN_LIFE_MS, ...rest } = input;
        const until = expiresAt === null ? {} : { expiresAt };
        const made = store.tokens.add({ ...rest, ...until, ...madeBy(principal) }, hashToken(token), nowMs);
        note({ principal, request }, 'token-made', { subject: made.name, detail: made.role });
        return { token, view: viewOf(made) };
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
        auth.rights.revoke([tokenRight(token)], takenBack(), () => store.tokens.remove(token.id, clock.wallMs()));
        note({ principal, request }, 'token-revoked', { subject: token.name });
      },
    }),
  ];
}

function viewOf({ maker: _, ...token }: ApiToken): TokenView {
  return token;
}
