import type { Role } from '../../../../shared/roles.ts';

/** The three roles, and what each may do. */
export const roleTexts = {
  admin: { name: 'Administrator', may: 'Everything, including cameras and people' },
  operator: { name: 'Operator', may: 'Watches, talks, moves cameras and makes share links' },
  viewer: { name: 'Viewer', may: 'Watches the cameras chosen here' },
} satisfies Record<Role, { readonly name: string; readonly may: string }>;
