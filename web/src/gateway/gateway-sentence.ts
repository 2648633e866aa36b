import { errorTexts, gatewaySpeaksThis } from '../texts/en/errors.ts';

const known: Readonly<Record<string, string>> = errorTexts;

/**
 * An error in the language of the page. The gateway's own sentence knows more than the code, so that it is used where
 * it is in that language.
 */
export function gatewaySentence({ code, message }: { readonly code: string; readonly message: string }): string {
  return gatewaySpeaksThis ? message : (known[code] ?? message);
}

/** What is wrong with a camera and what to do about it: the page's sentence for the code, or else the gateway's. */
export function cameraSentence({ code, message }: { readonly code: string; readonly message: string }): string {
  return known[code] ?? message;
}
