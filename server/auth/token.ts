import { createHash, randomBytes } from 'node:crypto';

/** The second part of a token says what it opens, to people and to scanners that look for leaked secrets. */
export type TokenKind = 'session' | 'share' | 'api' | 'setup';

/** 256 random bits: nothing to guess, so a plain hash of it is enough to store. */
export function createToken(kind: TokenKind): string {
  return `oriel_${kind}_${randomBytes(32).toString('base64url')}`;
}

/** What the store keeps and looks up. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
