import { errorTexts, gatewaySpeaksThis } from '../texts/en/errors.ts';

const known: Readonly<Record<string, string>> = errorTexts;

/** What the gateway says, in the language of the page. It knows more than its code does, so its own words stand where they can. */
export function gatewaySentence({ code, message }: { readonly code: string; readonly message: string }): string {
  return gatewaySpeaksThis ? message : (known[code] ?? message);
}

/** What is wrong with a camera and what to do about it: the page's sentence for the code, or else the gateway's. */
export function cameraSentence({ code, message }: { readonly code: string; readonly message: string }): string {
  return known[code] ?? message;
}
