import type { ViewerDescription } from './viewer.ts';

/** Whoever takes a seat, as far as seats are concerned. */
export type Sitter = Pick<ViewerDescription, 'right' | 'visit' | 'address'>;

/** Node shows IPv4 callers of a dual-stack socket in IPv6 clothes. */
export function plainAddress(address = ''): string {
  return address.replace(/^::ffff:/i, '');
}
