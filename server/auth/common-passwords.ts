import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GatewayError } from '../platform/errors.ts';
import { assetPath } from '../platform/paths.ts';

/** The file has this many characters of each hash, enough that no other password is mistaken for one of them. */
const LENGTH = 10;
let known: ReadonlySet<string> | undefined;

/**
 * Throws when this is one of the 30,000 most common passwords, which attackers try first. Those that are too short for a password
 * anyway are not listed. The file has truncated hashes (SHA-256, base64url), so that nobody has to read the list. It is made
 * from the list of zxcvbn 4.4.2 (MIT, Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.).
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
