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

/** Cameras without a gateway around them: for commands and programs that look at one address. */
export type Standalone = {
  readonly clock: Clock;
  createDevice(spec: SourceSpec): CameraDevice;
  createSource(spec: SourceSpec): SourceAdapter;
  /** The stream of one address, kept going until `signal` aborts or an error that trying again cannot mend. */
  openStream(spec: SourceSpec, signal: AbortSignal): { stream: Stream; done: Promise<void> };
  close(): Promise<void>;
};

export function createStandalone(log: Logger, clouds: readonly CloudProfile[] = KNOWN_CLOUDS): Standalone {
  const clock = systemClock;
  const dahua = new DahuaDevices({ clock, log, clouds });
  const facts = new Map<string, string>();
  const memory: CameraMemory = { get: (key) => facts.get(key), set: (key, value) => void facts.set(key, value) };
  const create = (spec: SourceSpec): CameraDevice =>
    createDevice(spec, { clock, log, memory, dial: dialDirect }, { dahua });

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
    close: () => dahua.close(),
  };
}
