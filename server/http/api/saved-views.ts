import * as z from 'zod';
import { savedView, savedViewInput } from '../../../shared/api.ts';
import type { Principal } from '../../auth/principal.ts';
import { GatewayError } from '../../platform/errors.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

const MAX_VIEWS = 100;

export function savedViewRoutes({ store: { views } }: ApiContext): Route[] {
  const owner = (principal: Principal): string => principal.userId ?? '';
  const missing = (): GatewayError => new GatewayError('not-found', 'There is no such view.');

  return [
    defineRoute({
      method: 'get',
      path: '/api/views',
      summary: 'The arrangements of the grid that the caller keeps.',
      access: 'own-account',
      output: z.array(savedView),
      handle: ({ principal }) => views.list(owner(principal)),
    }),
    defineRoute({
      method: 'post',
      path: '/api/views',
      summary: 'Keep an arrangement.',
      access: 'own-account',
      input: savedViewInput,
      output: savedView,
      status: 201,
      handle({ principal, input }) {
        if (views.list(owner(principal)).length < MAX_VIEWS) return views.add(owner(principal), input);
        throw new GatewayError('too-large', `Nobody can keep more than ${MAX_VIEWS} views. Delete one first.`);
      },
    }),
    defineRoute({
      method: 'put',
      path: '/api/views/:view',
      summary: 'Replace an arrangement.',
      access: 'own-account',
      input: savedViewInput,
      output: savedView,
      handle({ principal, input, param }) {
        const id = param('view');
        if (!views.update(owner(principal), id, input)) throw missing();
        return { id, ...input };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/views/:view',
      summary: 'Forget an arrangement.',
      access: 'own-account',
      handle({ principal, param }) {
        if (!views.remove(owner(principal), param('view'))) throw missing();
      },
    }),
  ];
}
