import { errorTexts } from '../texts/en/errors.ts';
import { bearer } from './gateway-address.ts';
import { GatewayError } from './gateway-error.ts';

const ANSWER_WITHIN_MS = 5000;
/** The script of the player is open to every site. */
const OPEN_TO_ALL = '/oriel-player.js';

/**
 * A browser does not tell a page of another site whether the gateway is away or only does not allow that site. This finds
 * it out: what is open to every site answers, and what was asked for does not. A refusal comes back as an error.
 */
export async function siteRefusal(
  gateway: string,
  address: string,
  token: string | undefined,
): Promise<GatewayError | undefined> {
  if (gateway === '' || gateway === globalThis.location?.origin) return undefined;
  // The camera itself is asked, because a stream would not end and a command must not be repeated.
  const [about = address] = /^\/api\/cameras\/[^/?]+/.exec(address) ?? [];
  if (!(await answers(gateway + OPEN_TO_ALL, { method: 'HEAD' }))) return undefined;
  if (await answers(gateway + about, { method: 'HEAD', headers: bearer(token) })) return undefined;
  return new GatewayError('site-not-allowed', errorTexts['site-not-allowed']);
}

function answers(url: string, options: RequestInit): Promise<boolean> {
  const limits = { credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) } as const;
  return fetch(url, { ...options, ...limits }).then(
    () => true,
    () => false,
  );
}
