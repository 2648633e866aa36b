import { createHash, randomBytes } from 'node:crypto';

/** The second part of a token says what it is for, to people and to scanners that look for leaked secrets. */
export type TokenKind = 'session' | 'share' | 'api' | 'setup';

/** It has 256 random bits, which cannot be guessed, so a plain hash is enough in the store. */
export function createToken(kind: TokenKind): string {
  return `oriel_${kind}_${randomBytes(32).toString('base64url')}`;
}

/** The hash that the store keeps and searches for. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
