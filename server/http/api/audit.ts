import * as z from 'zod';
import { auditEntry } from '../../../shared/api.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

const page = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  before: z.coerce.number().int().positive().exactOptional(),
  event: z.string().max(64).exactOptional(),
  search: z.string().min(1).max(120).exactOptional(),
});

export function auditRoutes({ cameras, store }: ApiContext): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/audit',
      summary:
        'Who did what, newest first. `before` is the id of the last entry of the page before, `event` asks for one kind, `search` for a text or the name of a camera.',
      access: 'see-audit',
      query: page,
      output: z.array(auditEntry),
      handle({ query: { limit, before, event, search } }) {
        const text = search?.toLowerCase() ?? '';
        const named = cameras.list().filter(({ name }) => name.toLowerCase().includes(text));
        return store.audit.list(limit, before, {
          ...(event !== undefined && { event }),
          ...(search !== undefined && { text: search, subjects: named.map(({ id }) => id) }),
        });
      },
    }),
  ];
}
