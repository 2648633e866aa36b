import type { Player } from '../player/player.ts';

/** The players of the tiles on the page, for what the keys ask of the active one. */
export const players = new Map<string, Player>();
