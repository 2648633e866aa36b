import { gatewayTexts } from './texts.ts';

/** What the gateway says, in the language of the page. It knows more than its code does, so its own words stand where they can. */
export function gatewaySentence({ code, message }: { readonly code: string; readonly message: string }): string {
  return gatewayTexts[code] ?? message;
}
