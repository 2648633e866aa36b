import type { Logger } from 'pino';
import type { CameraDevice, CameraMemory, SourceAdapter, SourceSpec } from '../hub/source.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { dialDirect } from '../sources/connect.ts';
import { DahuaDevices } from '../sources/dahua/dahua-devices.ts';
import { createDevice } from '../sources/registry.ts';

export type SourceBench = {
  readonly clock: Clock;
  createDevice(spec: SourceSpec): CameraDevice;
  createSource(spec: SourceSpec): SourceAdapter;
  close(): Promise<void>;
};

/** Sources without a gateway around them, for commands that look at one address. */
export function createSourceBench(log: Logger): SourceBench {
  const dahua = new DahuaDevices({ clock: systemClock, log });
  const facts = new Map<string, string>();
  const memory: CameraMemory = { get: (key) => facts.get(key), set: (key, value) => void facts.set(key, value) };
  const context = { clock: systemClock, log, memory, dial: dialDirect };
  const create = (spec: SourceSpec): CameraDevice => createDevice(spec, context, { dahua });
  return {
    clock: systemClock,
    createDevice: create,
    createSource: (spec) => create(spec).source,
    close: () => dahua.close(),
  };
}
