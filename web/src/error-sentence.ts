import type { ApiError } from '../../shared/events.ts';
import { gatewaySentence } from './gateway-sentence.ts';
import { errorTexts } from './texts.ts';

/** What is wrong with a camera and what to do about it: the page's sentence for the code, or else the gateway's. */
export function errorSentence(error: ApiError): string {
  const known: Readonly<Record<string, string>> = errorTexts;
  return known[error.code] ?? gatewaySentence(error);
}
