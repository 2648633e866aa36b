import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../platform/errors.ts';
import { refuseCommonPassword } from './common-passwords.ts';

/** Cost as a power of two, block size and parallelism. One check takes 32 MiB, one of OWASP's equivalent choices. */
export type ScryptCost = { readonly logN: number; readonly r: number; readonly p: number };
const DEFAULT_COST: ScryptCost = { logN: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** How many passwords are checked at once, to limit memory and CPU. The others wait in a queue. */
const MAX_PARALLEL = 2;
/** The length of the queue, which is about two seconds of work. */
const MAX_WAITING = 32;

let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, { logN, r, p }: ScryptCost): Promise<Buffer> {
  if (waiting.length >= MAX_WAITING) {
    throw new GatewayError('too-many-requests', 'Too many passwords are being checked. Try again in a few seconds.');
  }
  if (running >= MAX_PARALLEL) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    const options = { N: 2 ** logN, r, p, maxmem: 2 ** logN * r * 256 };
    return await new Promise((resolve, reject) => {
      scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
        error ? reject(error) : resolve(key),
      );
    });
  } finally {
    running--;
    waiting.shift()?.();
  }
}

/** `scrypt$logN$r$p$salt$hash`. Each hash contains its cost, so that it can be raised later. Rejects the most common passwords. */
export async function hashPassword(password: string, cost: ScryptCost = DEFAULT_COST): Promise<string> {
  refuseCommonPassword(password);
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, cost);
  return ['scrypt', cost.logN, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Without a stored hash (no such account) it takes as long and returns false, so that the time does not reveal names. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  if (stored === undefined) {
    await derive(password, Buffer.alloc(SALT_BYTES), DEFAULT_COST);
    return false;
  }
  const [, logN, r, p, salt = '', hash = ''] = stored.split('$');
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  const expected = Buffer.from(hash, 'base64url');
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}
