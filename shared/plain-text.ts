/** Line ends, control characters and the separators that some programs take for line ends. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/**
 * Names, addresses and accounts end up in request lines, headers and logs, where a line end begins something new: whatever
 * takes a text from outside refuses one that holds any.
 */
export function hasControlCharacters(text: string): boolean {
  return CONTROL.test(text);
}
