import type { Logger } from 'pino';
import type { Quality } from '../../shared/camera.ts';
import { accountAt } from '../../shared/camera-accounts.ts';
import type { AddressSetting, CameraSettings } from '../../shared/camera-settings.ts';
import type { CameraId } from '../../shared/ids.ts';
import type { CameraCatalog, SourceRunner } from '../hub/hub.ts';
import type { CameraDevice, CameraMemory, SourceAdapter, SourceContext, SourceSpec } from '../hub/source.ts';
import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import { alternate } from './alternate-source.ts';
import type { RetryPolicy } from './supervisor.ts';
import { supervise } from './supervisor.ts';

export type CatalogServices = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly retry: RetryPolicy;
  readonly connectTimeoutMs: number;
  find(camera: CameraId): CameraSettings | undefined;
  memoryOf(camera: CameraId): CameraMemory;
  createDevice(spec: SourceSpec, context: Omit<SourceContext, 'dial'>, camera: CameraId): CameraDevice;
};

/** Turns settings into sources that keep going. Devices are made when first needed and forgotten when settings change. */
export class CameraSources implements CameraCatalog {
  readonly #services: CatalogServices;
  readonly #devices = new Map<string, CameraDevice>();

  constructor(services: CatalogServices) {
    this.#services = services;
  }

  has(camera: CameraId): boolean {
    return this.#services.find(camera)?.enabled ?? false;
  }

  hasSubstream(camera: CameraId): boolean {
    return this.#services.find(camera)?.substream !== undefined;
  }

  /** The camera as its main address offers it: controls and talk-back. */
  device(camera: CameraId): CameraDevice {
    return this.#device(camera, 'url');
  }

  createRunner(camera: CameraId, quality: Quality): SourceRunner {
    const { clock, log, retry } = this.#services;
    const settings = this.#settings(camera);
    const main = this.#device(camera, quality === 'sub' && settings.substream ? 'substream' : 'url').source;
    const source: SourceAdapter = settings.fallback ? alternate(main, this.#device(camera, 'fallback').source) : main;
    const { stallSeconds } = settings;
    const policy = stallSeconds === undefined ? retry : { ...retry, stallMs: stallSeconds * 1000 };
    return supervise(source, policy, clock, log.child({ camera, quality }));
  }

  /** The settings of a camera changed: what was made of the old ones is not used again. */
  forget(camera: CameraId): void {
    for (const key of this.#devices.keys()) if (key.startsWith(`${camera} `)) this.#devices.delete(key);
  }

  #settings(camera: CameraId): CameraSettings {
    const settings = this.#services.find(camera);
    if (!settings) throw new GatewayError('camera-not-found', `There is no camera ${camera}.`);
    return settings;
  }

  #device(camera: CameraId, address: AddressSetting): CameraDevice {
    const key = `${camera} ${address}`;
    const known = this.#devices.get(key);
    if (known) return known;
    const { clock, log, connectTimeoutMs, createDevice, memoryOf } = this.#services;
    const settings = this.#settings(camera);
    const { transport, url } = settings;
    const spec: SourceSpec = {
      url: settings[address] ?? url,
      transport,
      connectTimeoutMs,
      ...accountAt(settings, address),
    };
    const device = createDevice(spec, { clock, log: log.child({ camera }), memory: memoryOf(camera) }, camera);
    this.#devices.set(key, device);
    return device;
  }
}
