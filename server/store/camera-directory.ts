import { EventEmitter } from 'node:events';
import type { CameraId } from '../../shared/ids.ts';
import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import type { CameraSettings, StoredCameras } from './cameras.ts';

export type CameraDirectoryEvents = {
  /** `before` is absent for a camera that was added, `after` for one that was removed. */
  changed: [id: CameraId, before: CameraSettings | undefined, after: CameraSettings | undefined];
};

/** All cameras: those of the configuration first, which are changed there only, then those of the dashboard. */
export class CameraDirectory extends EventEmitter<CameraDirectoryEvents> {
  readonly #stored: StoredCameras;
  readonly #clock: Clock;
  #configured = new Map<CameraId, CameraSettings>();
  /** Every setting is asked for often and changed rarely. */
  #added = new Map<CameraId, CameraSettings>();

  constructor(stored: StoredCameras, clock: Clock) {
    super();
    this.#stored = stored;
    this.#clock = clock;
    for (const camera of stored.list()) this.#added.set(camera.id, camera);
  }

  /** Takes the cameras of the configuration, at the start and when the file changed. They hide stored ones of the same id. */
  configure(cameras: readonly CameraSettings[]): void {
    const before = new Map(this.list().map((camera) => [camera.id, camera]));
    this.#configured = new Map(cameras.map((camera) => [camera.id, camera]));
    const ids = new Set([...before.keys(), ...this.#configured.keys(), ...this.#added.keys()]);
    for (const id of ids) this.#tellIfChanged(id, before.get(id), this.get(id));
  }

  list(): CameraSettings[] {
    const added = [...this.#added.values()].filter(({ id }) => !this.#configured.has(id));
    return [...this.#configured.values(), ...added];
  }

  get(id: CameraId): CameraSettings | undefined {
    return this.#configured.get(id) ?? this.#added.get(id);
  }

  isConfigured(id: CameraId): boolean {
    return this.#configured.has(id);
  }

  /** Throws `already-exists`. */
  add(camera: CameraSettings): void {
    if (this.get(camera.id)) throw new GatewayError('already-exists', `There is a camera ${camera.id} already.`);
    this.#stored.add(camera, this.#clock.wallMs());
    this.#added.set(camera.id, camera);
    this.emit('changed', camera.id, undefined, camera);
  }

  /** Throws `camera-not-found`, and `not-allowed` for a camera of the configuration. */
  update(camera: CameraSettings): void {
    const before = this.#changeable(camera.id);
    this.#stored.update(camera);
    this.#added.set(camera.id, camera);
    this.#tellIfChanged(camera.id, before, camera);
  }

  /** Throws as `update` does. */
  remove(id: CameraId): void {
    const before = this.#changeable(id);
    this.#stored.remove(id);
    this.#added.delete(id);
    this.emit('changed', id, before, undefined);
  }

  #changeable(id: CameraId): CameraSettings {
    if (this.#configured.has(id)) {
      throw new GatewayError('not-allowed', `Camera ${id} stands in the configuration file. Change it there.`);
    }
    const camera = this.#added.get(id);
    if (!camera) throw new GatewayError('camera-not-found', `There is no camera ${id}.`);
    return camera;
  }

  #tellIfChanged(id: CameraId, before: CameraSettings | undefined, after: CameraSettings | undefined): void {
    if (JSON.stringify(before) !== JSON.stringify(after)) this.emit('changed', id, before, after);
  }
}
