import type { ViewerDescription } from './viewer.ts';

/** The facts about a viewer that concern seats. */
export type Sitter = Pick<ViewerDescription, 'right' | 'visit' | 'address'>;

/** Node shows the IPv4 callers of a dual-stack socket as IPv6 addresses. */
export function plainAddress(address = ''): string {
  return address.replace(/^::ffff:/i, '');
}
