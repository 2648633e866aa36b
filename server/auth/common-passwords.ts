import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GatewayError } from '../platform/errors.ts';
import { assetPath } from '../platform/paths.ts';

/** So much of the hash stands in the file: no other password will be taken for one of them. */
const LENGTH = 10;
let known: ReadonlySet<string> | undefined;

/**
 * Throws when this is one of the 30,000 commonest passwords, whose guessers begin with those. Shorter ones than a password may be
 * are not listed. The file holds hashes (SHA-256, base64url, cut), since nobody should have to read the list; it is made from the
 * one of zxcvbn 4.4.2 (MIT, Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.).
 */
export function refuseCommonPassword(password: string): void {
  known ??= new Set(readFileSync(assetPath('common-passwords.txt'), 'utf8').split('\n'));
  const hash = createHash('sha256').update(password.toLowerCase()).digest('base64url').slice(0, LENGTH);
  if (!known.has(hash)) return;
  throw new GatewayError(
    'bad-request',
    'This is one of the passwords that people choose most, and that is guessed first. Choose another.',
  );
}
