import { hasControlCharacters } from '../../../shared/plain-text.ts';
import { SOURCE_KINDS } from '../../../shared/source-kinds.ts';
import { GatewayError } from '../../platform/errors.ts';
import { KASA_STREAM_PORT } from '../../protocols/kasa/discovery.ts';

export type KasaAddress = {
  readonly host: string;
  readonly port: number;
  /** The camera's other ports, which move along when a router maps them to others: 10443 and 18443 beside 19443. */
  readonly controlPort: number;
  readonly talkPort: number;
  /** Behind `?`: passed to the camera instead of the usual query. */
  readonly query: string;
};

const CONTROL_BELOW = 9000;
const TALK_BELOW = 1000;
const PARTS = /^kasa:\/\/(\[[^\]]*\]|[^:/?#]+)(?::(\d+))?\/?(?:\?(.*))?$/i;
const USUAL_QUERY = 'video=h264&audio=g711&resolution=hd';

/** `kasa://HOST[:19443][/][?query]` */
export function parseKasaUrl(url: string): KasaAddress {
  const { address, looksLike } = SOURCE_KINDS.kasa;
  const match = address.test(url) && !hasControlCharacters(url) ? PARTS.exec(url) : null;
  const port = Number(match?.[2] ?? KASA_STREAM_PORT);
  if (!match || port <= CONTROL_BELOW || port > 65_535) {
    throw new GatewayError('bad-request', `A Kasa address looks like ${looksLike}.`);
  }
  const host = (match[1] ?? '').replaceAll(/^\[|\]$/g, '');
  const controlPort = port - CONTROL_BELOW;
  return { host, port, controlPort, talkPort: port - TALK_BELOW, query: match[3] || USUAL_QUERY };
}
