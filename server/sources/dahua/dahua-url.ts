import { hasControlCharacters } from '../../../shared/plain-text.ts';
import { SOURCE_KINDS } from '../../../shared/source-kinds.ts';
import { GatewayError } from '../../platform/errors.ts';

/** A camera of a device that is known by its serial number alone. */
export type DahuaAddress = {
  readonly serial: string;
  /** Path and query of the stream at the device's own RTSP server. */
  readonly path: string;
};

const PARTS = /^dahua:\/\/([^/]+)(\/.*)?$/i;
const MAIN_STREAM = '/cam/realmonitor?channel=1&subtype=0';

/** Serial numbers keep their case: clouds compare them as they stand on the device's label. */
export function parseDahuaUrl(url: string): DahuaAddress {
  const { address, looksLike } = SOURCE_KINDS.dahua;
  const match = address.test(url) && !hasControlCharacters(url) ? PARTS.exec(url) : null;
  if (!match) {
    throw new GatewayError('config-invalid', `A Dahua address looks like ${looksLike}.`);
  }
  const [, serial = '', path = ''] = match;
  return { serial, path: path === '' || path === '/' ? MAIN_STREAM : path };
}
