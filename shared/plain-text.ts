import type { ZodString } from 'zod';
import type { Z } from './setting.ts';

/** Line ends, control characters and the separators that some programs treat as line ends. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/**
 * Names, addresses and accounts are written to request lines, headers and logs, where a line end would begin something new. So
 * every text from outside that contains such a character is refused.
 */
export function hasControlCharacters(text: string): boolean {
  return CONTROL.test(text);
}

/** A name or label: one line, trimmed. */
export function line(z: Z, max: number): ZodString {
  return oneLine(z.string().trim().max(max));
}

/** A text of one line, kept as it is: an account's name or password. */
export function oneLine(schema: ZodString): ZodString {
  const error = 'expected one line without control characters';
  return schema.refine((text) => !hasControlCharacters(text), { error });
}
