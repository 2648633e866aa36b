import type { Logger } from 'pino';
import type { Quality } from '../../shared/camera.ts';
import type { CameraId } from '../../shared/ids.ts';
import type { CameraCatalog, SourceRunner } from '../hub/hub.ts';
import type { CameraDevice, CameraMemory, SourceAdapter, SourceContext, SourceSpec } from '../hub/source.ts';
import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import { alternate } from './alternate-source.ts';
import type { RetryPolicy } from './supervisor.ts';
import { supervise } from './supervisor.ts';

/** What a source needs to know of a camera's settings, wherever they are kept. */
export type CameraSource = {
  readonly enabled: boolean;
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly substream?: string;
  readonly fallback?: string;
  readonly via?: string;
  readonly transport: SourceSpec['transport'];
};

export type CatalogServices = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly retry: RetryPolicy;
  readonly connectTimeoutMs: number;
  find(camera: CameraId): CameraSource | undefined;
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
    return this.#device(camera, this.#settings(camera).url);
  }

  createRunner(camera: CameraId, quality: Quality): SourceRunner {
    const { clock, log, retry } = this.#services;
    const settings = this.#settings(camera);
    const url = quality === 'sub' ? (settings.substream ?? settings.url) : settings.url;
    const main = this.#device(camera, url).source;
    const source: SourceAdapter = settings.fallback
      ? alternate(main, this.#device(camera, settings.fallback).source)
      : main;
    return supervise(source, retry, clock, log.child({ camera, quality }));
  }

  /** The settings of a camera changed: what was made of the old ones is not used again. */
  forget(camera: CameraId): void {
    for (const key of this.#devices.keys()) if (key.startsWith(`${camera} `)) this.#devices.delete(key);
  }

  #settings(camera: CameraId): CameraSource {
    const settings = this.#services.find(camera);
    if (!settings) throw new GatewayError('camera-not-found', `There is no camera ${camera}.`);
    return settings;
  }

  #device(camera: CameraId, url: string): CameraDevice {
    const key = `${camera} ${url}`;
    const known = this.#devices.get(key);
    if (known) return known;
    const { clock, log, connectTimeoutMs, createDevice, memoryOf } = this.#services;
    const { username, password, transport } = this.#settings(camera);
    const spec: SourceSpec = {
      url,
      transport,
      connectTimeoutMs,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    };
    const device = createDevice(spec, { clock, log: log.child({ camera }), memory: memoryOf(camera) }, camera);
    this.#devices.set(key, device);
    return device;
  }
}
