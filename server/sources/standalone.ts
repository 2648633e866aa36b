import type { Logger } from 'pino';
import { isFinal } from '../../shared/error-code.ts';
import type { CameraDevice, CameraMemory, SourceAdapter, SourceSpec } from '../hub/source.ts';
import { Stream } from '../hub/stream.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import { dialDirect } from './connect.ts';
import { type CloudProfile, KNOWN_CLOUDS } from './dahua/cloud-profiles.ts';
import { DahuaDevices } from './dahua/dahua-devices.ts';
import { createDevice } from './registry.ts';
import { DEFAULT_RETRY, supervise } from './supervisor.ts';
import { awaitedTunnels } from './tunnel/awaited-tunnels.ts';
import type { RawTunnel } from './tunnel/raw-tunnel.ts';

/** Cameras without a gateway around them: for commands and programs that look at one address. */
export type Standalone = {
  readonly clock: Clock;
  createDevice(spec: SourceSpec): CameraDevice;
  createSource(spec: SourceSpec): SourceAdapter;
  /** The stream of one address, kept going until `signal` aborts or an error that trying again cannot mend. */
  openStream(spec: SourceSpec, signal: AbortSignal): { stream: Stream; done: Promise<void> };
  close(): Promise<void>;
};

/** What a configuration says of cameras that an address alone does not lead to. */
export type KnownPlaces = { readonly clouds?: readonly CloudProfile[]; readonly tunnels?: readonly RawTunnel[] };

export function createStandalone(log: Logger, { clouds = KNOWN_CLOUDS, tunnels = [] }: KnownPlaces = {}): Standalone {
  const clock = systemClock;
  const awaited = awaitedTunnels(tunnels, { clock, log, note: () => {} });
  const dahua = new DahuaDevices({ clock, log, clouds });
  const facts = new Map<string, string>();
  const memory: CameraMemory = { get: (key) => facts.get(key), set: (key, value) => void facts.set(key, value) };
  const create = (spec: SourceSpec): CameraDevice =>
    createDevice(spec, { clock, log, memory, dial: dialDirect }, { dahua, tunnels: awaited });

  return {
    clock,
    createDevice: create,
    createSource: (spec) => create(spec).source,
    openStream: (spec, signal) => {
      const stream = new Stream(spec.url, clock);
      const runner = supervise(create(spec).source, DEFAULT_RETRY, clock, log);
      const done = runner.run(stream.sink, signal).then(() => stream.rest());
      stream.onState((state) => {
        if (state.phase === 'offline' && isFinal(state.code)) stream.end(new GatewayError(state.code, state.message));
      });
      return { stream, done };
    },
    close: async () => {
      await dahua.close();
      await awaited.close();
    },
  };
}
