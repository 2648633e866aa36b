import { GatewayError } from '../../platform/errors.ts';
import type { DoorServices } from './raw-listener.ts';
import type { RawTunnel } from './raw-tunnel.ts';
import { TunnelDevices } from './tunnel-devices.ts';
import type { Tunnels } from './tunnel-source.ts';

/** A device that was sent away asks again within a minute. */
const FIRST_DIAL_IN_MS = 65_000;

/** For a command that looks at one camera: its port is opened when it is needed, and its device is waited for. */
export function awaitedTunnels(
  entries: readonly RawTunnel[],
  services: DoorServices,
): Tunnels & { close(): Promise<void> } {
  const tunnels = new TunnelDevices(services);
  let opened: Promise<void> | undefined;
  const open = (name: string): Promise<void> => {
    const entry = entries.find((candidate) => candidate.name === name);
    opened ??= tunnels.configure(entry ? [entry] : []).catch((cause: unknown) => {
      throw new GatewayError(
        'not-supported',
        `The port that the device ${name} dials cannot be opened, perhaps because the gateway runs. Take the picture from the gateway then, for example over its RTSP port.`,
        { cause },
      );
    });
    return opened;
  };
  return {
    hostOf: (name) => entries.find((entry) => entry.name === name)?.host ?? '127.0.0.1',
    knock: (name) => tunnels.knock(name),
    dial: async (name, { signal }) => {
      await open(name);
      return tunnels.dial(name, { signal, timeoutMs: FIRST_DIAL_IN_MS });
    },
    close: () => tunnels.close(),
  };
}
