import type { CameraId } from '../../shared/ids.ts';
import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import { GuardedEmitter } from '../platform/guarded-emitter.ts';
import { type CameraIdentities, placeOf } from './camera-identities.ts';
import type { CameraSettings, StoredCameras } from './cameras.ts';

export type CameraDirectoryEvents = {
  /** `before` is absent for a camera that was added or whose id now means another one, `after` for one that was removed. */
  changed: [id: CameraId, before: CameraSettings | undefined, after: CameraSettings | undefined];
  /** Ids that mean another camera now, which could not be stored. The camera is not shown, because old rights would open it. */
  withheld: [id: CameraId, reason: GatewayError];
};

/** Revokes everything that was given for this camera, and stores that with `write`. */
export type TakeBackCamera = (camera: CameraId, write: () => void) => void;

type Stored = { readonly cameras: StoredCameras; readonly identities: CameraIdentities };

/** All cameras: first those of the configuration, which can only be changed there, then those of the dashboard. */
export class CameraDirectory extends GuardedEmitter<CameraDirectoryEvents> {
  readonly #stored: StoredCameras;
  readonly #identities: CameraIdentities;
  readonly #clock: Clock;
  readonly #takeBack: TakeBackCamera;
  readonly #withheld = new Set<CameraId>();
  #configured = new Map<CameraId, CameraSettings>();
  /** A cache, because settings are read often and changed rarely. */
  #added = new Map<CameraId, CameraSettings>();

  constructor({ cameras, identities }: Stored, clock: Clock, takeBack: TakeBackCamera) {
    super();
    this.#stored = cameras;
    this.#identities = identities;
    this.#clock = clock;
    this.#takeBack = takeBack;
    for (const camera of cameras.list()) this.#added.set(camera.id, camera);
  }

  /**
   * Takes the cameras of the configuration, at the start and when the file has changed. They hide stored cameras with the same
   * id. A camera at another place than before is another camera, so everything that was given for its id is revoked first.
   * `virtual` cameras are the same wherever they are.
   */
  configure(cameras: readonly CameraSettings[], virtual: ReadonlySet<CameraId> = new Set()): void {
    const before = new Map(this.list().map((camera) => [camera.id, camera]));
    const configured = new Map(cameras.map((camera) => [camera.id, camera]));
    for (const [id, camera] of new Map([...this.#added, ...configured])) {
      if (this.#meet(id, virtual.has(id) ? 'virtual' : placeOf(camera)) === 'same') continue;
      const old = before.get(id);
      before.delete(id);
      if (old) this.emit('changed', id, old, undefined);
    }
    this.#configured = configured;
    const ids = new Set([...before.keys(), ...this.#configured.keys(), ...this.#added.keys()]);
    for (const id of ids) this.#tellIfChanged(id, before.get(id), this.get(id));
  }

  list(): CameraSettings[] {
    const added = [...this.#added.values()].filter(({ id }) => !this.#configured.has(id));
    return [...this.#configured.values(), ...added].filter(({ id }) => !this.#withheld.has(id));
  }

  get(id: CameraId): CameraSettings | undefined {
    return this.#withheld.has(id) ? undefined : (this.#configured.get(id) ?? this.#added.get(id));
  }

  isConfigured(id: CameraId): boolean {
    return this.#configured.has(id);
  }

  /** Throws `already-exists`. */
  add(camera: CameraSettings): void {
    if (this.get(camera.id)) throw new GatewayError('already-exists', `There is a camera ${camera.id} already.`);
    this.#identify(camera.id, placeOf(camera));
    this.#stored.add(camera, this.#clock.wallMs());
    this.#added.set(camera.id, camera);
    this.emit('changed', camera.id, undefined, camera);
  }

  /** Throws `camera-not-found`, and `not-allowed` for a camera of the configuration. */
  update(camera: CameraSettings): void {
    const before = this.#changeable(camera.id);
    this.#stored.update(camera);
    this.#identities.set(camera.id, placeOf(camera));
    this.#added.set(camera.id, camera);
    this.#tellIfChanged(camera.id, before, camera);
  }

  /** Throws as `update` does. */
  remove(id: CameraId): void {
    const before = this.#changeable(id);
    this.#takeBack(id, () => this.#stored.remove(id, this.#clock.wallMs()));
    this.#added.delete(id);
    this.emit('changed', id, before, undefined);
  }

  #meet(id: CameraId, place: string): 'same' | 'another' {
    this.#withheld.delete(id);
    try {
      return this.#identify(id, place);
    } catch (error) {
      if (!(error instanceof GatewayError && error.code === 'data-failed')) throw error;
      this.#withheld.add(id);
      this.emit('withheld', id, error);
      return 'another';
    }
  }

  #identify(id: CameraId, place: string): 'same' | 'another' {
    const known = this.#identities.get(id);
    if (known === place) return 'same';
    if (known === undefined) this.#identities.set(id, place);
    else this.#takeBack(id, () => this.#identities.replace(id, place, this.#clock.wallMs()));
    return known === undefined ? 'same' : 'another';
  }

  #changeable(id: CameraId): CameraSettings {
    if (this.#configured.has(id)) {
      throw new GatewayError('not-allowed', `Camera ${id} is set up in the configuration file. Change it there.`);
    }
    const camera = this.#added.get(id);
    if (!camera) throw new GatewayError('camera-not-found', `There is no camera ${id}.`);
    return camera;
  }

  #tellIfChanged(id: CameraId, before: CameraSettings | undefined, after: CameraSettings | undefined): void {
    if (JSON.stringify(before) !== JSON.stringify(after)) this.emit('changed', id, before, after);
  }
}
