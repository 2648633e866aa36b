import type { ZodString } from 'zod';
import type { Z } from './setting.ts';

/** Line ends, control characters and the separators that some programs take for line ends. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/**
 * Names, addresses and accounts end up in request lines, headers and logs, where a line end begins something new: whatever
 * takes a text from outside refuses one that holds any.
 */
export function hasControlCharacters(text: string): boolean {
  return CONTROL.test(text);
}

/** A name or label: trimmed, of one line. */
export function line(z: Z, max: number): ZodString {
  return oneLine(z.string().trim().max(max));
}

/** A text of one line, kept as it is: an account's name or password. */
export function oneLine(schema: ZodString): ZodString {
  const error = 'expected one line without control characters';
  return schema.refine((text) => !hasControlCharacters(text), { error });
}
