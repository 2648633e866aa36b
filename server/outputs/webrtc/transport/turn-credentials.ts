import { createHmac } from 'node:crypto';
import type { IceServer } from '../../../../shared/events.ts';

/** This is longer than any page uses one connection without asking again. */
const VALID_SECONDS = 12 * 3600;

export type ConfiguredIceServer = {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
};

/**
 * The ICE servers for one viewer. With a secret, TURN servers get a name and password that coturn's use-auth-secret takes
 * until they expire: the name begins with the time of expiry, the password is its HMAC.
 */
export function iceServersFor(
  servers: readonly ConfiguredIceServer[],
  secret: string | undefined,
  name: string,
  wallMs: number,
): IceServer[] {
  return servers.map(({ urls, username, credential }) => {
    const list = typeof urls === 'string' ? [urls] : [...urls];
    if (username !== undefined && credential !== undefined) return { urls: list, username, credential };
    if (secret === undefined || !list.some((url) => /^turns?:/.test(url))) return { urls: list };
    const minted = `${Math.floor(wallMs / 1000) + VALID_SECONDS}:${name.replace(/[^\w.-]/g, '_')}`;
    return { urls: list, username: minted, credential: createHmac('sha1', secret).update(minted).digest('base64') };
  });
}
