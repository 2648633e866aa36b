import { randomUUID } from 'node:crypto';
import type { CameraId } from '../../../shared/ids.ts';
import type { CameraDevice, TalkSession } from '../../hub/source.ts';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';

type Talk = {
  readonly camera: CameraId;
  readonly session: TalkSession;
  readonly ended: (reason: GatewayError) => void;
  cancelSilence: () => void;
};

const OPEN_TIMEOUT_MS = 10_000;
/** A page that vanishes must not keep the camera's loudspeaker. */
const SILENCE_MS = 5000;

/** Who speaks through which camera. One person at a time can speak through each. */
export class TalkDesk {
  readonly #device: (camera: CameraId) => CameraDevice;
  readonly #clock: Clock;
  readonly #talks = new Map<string, Talk>();
  readonly #taken = new Set<CameraId>();

  constructor(device: (camera: CameraId) => CameraDevice, clock: Clock) {
    this.#device = device;
    this.#clock = clock;
  }

  /** Rejects with `not-supported`, `busy`, or what the camera says. `ended` is called when the talk ends by itself. */
  async start(camera: CameraId, ended: (reason: GatewayError) => void): Promise<string> {
    const { talk } = this.#device(camera);
    if (!talk) throw new GatewayError('not-supported', 'This camera has no loudspeaker that can be reached.');
    if (this.#taken.has(camera)) throw new GatewayError('busy', 'Somebody else is speaking through this camera.');
    this.#taken.add(camera);
    try {
      const session = await talk(AbortSignal.timeout(OPEN_TIMEOUT_MS));
      const id = randomUUID();
      this.#talks.set(id, { camera, session, ended, cancelSilence: this.#endAfterSilence(id) });
      return id;
    } catch (error) {
      this.#taken.delete(camera);
      throw asGatewayError(error);
    }
  }

  /** Sound for a talk that has ended is dropped. */
  write(id: string, samples: Uint8Array): void {
    const talk = this.#talks.get(id);
    if (!talk) return;
    talk.cancelSilence();
    talk.cancelSilence = this.#endAfterSilence(id);
    try {
      talk.session.write(samples);
    } catch (error) {
      this.#end(id, asGatewayError(error));
    }
  }

  /** Idempotent. */
  stop(id: string): void {
    this.#end(id, undefined);
  }

  close(): void {
    const reason = new GatewayError('stopping', 'The gateway is stopping.');
    for (const id of [...this.#talks.keys()]) this.#end(id, reason);
  }

  #endAfterSilence(id: string): () => void {
    return this.#clock.after(SILENCE_MS, () =>
      this.#end(id, new GatewayError('timeout', 'No sound came from this browser for 5 s.')),
    );
  }

  #end(id: string, reason: GatewayError | undefined): void {
    const talk = this.#talks.get(id);
    if (!talk) return;
    this.#talks.delete(id);
    talk.cancelSilence();
    // The loudspeaker is free when the camera has closed it or failed to.
    const free = (): boolean => this.#taken.delete(talk.camera);
    talk.session.close().then(free, free);
    if (reason) talk.ended(reason);
  }
}
