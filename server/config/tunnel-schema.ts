import * as z from 'zod';
import { hostOf, splitCredentials } from '../../shared/camera-address.ts';
import { ADDRESS_SETTINGS, type AddressSetting } from '../../shared/camera-settings.ts';
import { CAMERA_ID_PATTERN } from '../../shared/ids.ts';
import { kindOf } from '../../shared/source-kinds.ts';
import { parseNetwork } from '../platform/networks.ts';

const deviceName = z
  .string()
  .regex(CAMERA_ID_PATTERN, { error: 'expected 1 to 63 of a-z 0-9 - _, beginning with a letter or digit' });

/** A device that dials in. */
const rawTunnel = z
  .strictObject({
    name: deviceName.exactOptional(),
    /** The earlier word for its name. */
    camera: deviceName.exactOptional(),
    port: z.int().min(0).max(65_535),
    token: z
      .string()
      .regex(/^none$|^.{16,}$/s, {
        error:
          'expected at least 16 characters, such as `openssl rand -hex 24` makes, or none for a device that knows no handshake',
      })
      .max(256),
    host: z
      .string()
      .regex(/^(?:\[[\da-f:]+\]|[^\s/?#@:[\]]+)(?::\d{1,5})?$/i, { error: 'expected a host such as 192.168.1.20' })
      .exactOptional(),
    tls: z.strictObject({ cert: z.string(), key: z.string() }).exactOptional(),
    from: z
      .array(
        z.string().refine((text) => parseNetwork(text) !== undefined, {
          error: 'expected a network such as 203.0.113.0/24, or one address',
        }),
      )
      .min(1)
      .exactOptional(),
  })
  .transform(({ camera, name, ...rest }) => ({ ...rest, name: name ?? camera ?? '', camera }));

export const tunnelSchema = z.strictObject({ raw: z.array(rawTunnel).default([]) });

type Tunnel = z.infer<typeof rawTunnel>;
type Checked = {
  readonly tunnel: { readonly raw: readonly Tunnel[] };
  readonly cameras: readonly { readonly [Name in AddressSetting]?: string | undefined }[];
};
type Context = { addIssue(issue: { code: 'custom'; path: (string | number)[]; message: string }): void };

/** What no entry can say alone: whose port is whose, and whether cameras name devices that are expected. */
export function checkTunnels({ tunnel, cameras }: Checked, context: Context): void {
  const { raw } = tunnel;
  const complain = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  raw.forEach((entry, index) => {
    const at = (key?: string): (string | number)[] => ['tunnel', 'raw', index, ...(key === undefined ? [] : [key])];
    const { name, camera, port, token, from, tls } = entry;
    if (name === '') complain(at(), 'expected a name, which the device says and the address of its camera begins with');
    if (camera !== undefined && camera !== name)
      complain(
        at('camera'),
        'is the earlier word for name; say only name, and give the camera the address tunnel://NAME/path',
      );
    if (token === 'none' && from === undefined)
      complain(
        at('token'),
        'none needs `from`: without a token the network that it comes from is all that tells it from anybody else',
      );
    const before = raw.slice(0, index);
    if (name !== '' && before.some((other) => other.name === name))
      complain(at('name'), `the name ${name} is taken; every device needs its own`);
    const shared = port === 0 ? undefined : before.find((other) => other.port === port);
    if (!shared) return;
    if (token === 'none' || shared.token === 'none')
      complain(at('port'), `${port} is used by ${shared.name} too; a device without a token needs a port of its own`);
    else if (JSON.stringify(tls) !== JSON.stringify(shared.tls))
      complain(at('tls'), `expected the same as for ${shared.name}, which has the same port`);
  });
  const known = new Set(raw.map(({ name }) => name));
  cameras.forEach((camera, index) => {
    for (const setting of ADDRESS_SETTINGS) {
      const { url } = splitCredentials(camera[setting] ?? '');
      if (kindOf(url) !== 'tunnel' || known.has(hostOf(url).toLowerCase())) continue;
      complain(['cameras', index, setting], `there is no device ${hostOf(url)} in tunnel.raw; describe it there`);
    }
  });
}
