import * as z from 'zod';
import { auditEntry } from '../../../shared/api.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiContext } from './api-context.ts';

const page = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  before: z.coerce.number().int().positive().exactOptional(),
});

export function auditRoutes({ store }: ApiContext): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/audit',
      summary: 'Who did what, newest first; `before` is the id of the last entry of the page before.',
      access: 'see-audit',
      query: page,
      output: z.array(auditEntry),
      handle: ({ query: { limit, before } }) => store.audit.list(limit, before),
    }),
  ];
}
