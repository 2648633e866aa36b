/** All actions that a route, a socket event or an RTSP session can need permission for. */
export const ACTIONS = [
  'list-cameras',
  'view',
  'snapshot',
  'record',
  'talk',
  'control',
  'share',
  'edit-cameras',
  'see-viewers',
  'kick-viewers',
  'manage-users',
  'see-audit',
  'see-metrics',
  /** The user's own password, sign-ins and saved views. */
  'own-account',
] as const;
export type Action = (typeof ACTIONS)[number];
