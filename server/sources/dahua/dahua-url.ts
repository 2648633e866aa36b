import { GatewayError } from '../../platform/errors.ts';

/** A camera of a device that is known by its serial number alone. */
export type DahuaAddress = {
  readonly serial: string;
  /** Path and query of the stream at the device's own RTSP server. */
  readonly path: string;
};

const URL_FORM = /^dahua:\/\/([A-Za-z0-9]{6,32})(\/[^\s#]*)?$/;
const MAIN_STREAM = '/cam/realmonitor?channel=1&subtype=0';

/** Serial numbers keep their case: clouds compare them as they stand on the device's label. */
export function parseDahuaUrl(url: string): DahuaAddress {
  const match = URL_FORM.exec(url);
  if (!match) {
    throw new GatewayError(
      'config-invalid',
      'A Dahua address looks like dahua://SERIAL/cam/realmonitor?channel=1&subtype=0, with the serial number from the label of the device.',
    );
  }
  const [, serial = '', path = ''] = match;
  return { serial, path: path === '' || path === '/' ? MAIN_STREAM : path };
}
