import { SOURCE_KINDS } from '../../../shared/source-kinds.ts';
import type { SourceAdapter, SourceContext, SourceSpec } from '../../hub/source.ts';
import { GatewayError } from '../../platform/errors.ts';
import { createRtspSource } from '../rtsp/rtsp-source.ts';
import type { TunnelDevices } from './tunnel-devices.ts';

/** What a camera needs of the devices that dial in. */
export type Tunnels = Pick<TunnelDevices, 'hostOf' | 'dial' | 'knock'>;

/** The camera behind a device that dials in: RTSP over a connection that the device opened, and over no other. */
export function createTunnelSource(
  spec: SourceSpec,
  { tunnels, ...context }: SourceContext & { readonly tunnels: Tunnels },
): SourceAdapter {
  const { device, target } = parseTunnelUrl(spec.url);
  const dial: SourceContext['dial'] = (_host, _port, options) => tunnels.dial(device, options);
  return {
    knock: () => tunnels.knock(device),
    run: async (sink, signal) => {
      const rtsp: SourceSpec = { ...spec, url: `rtsp://${tunnels.hostOf(device)}${target}`, transport: 'tcp' };
      await createRtspSource(rtsp, { ...context, dial }, 'one-camera').run(sink, signal);
    },
  };
}

export function parseTunnelUrl(url: string): { readonly device: string; readonly target: string } {
  const { address, looksLike } = SOURCE_KINDS.tunnel;
  const [, device = '', target = ''] = /^tunnel:\/\/([^/?]+)(.*)$/is.exec(address.test(url) ? url : '') ?? [];
  if (device === '')
    throw new GatewayError('config-invalid', `A camera behind a dial-in device looks like ${looksLike}.`);
  return { device: device.toLowerCase(), target };
}
