import type { Quality } from '../../../shared/camera.ts';
import type { CameraId } from '../../../shared/ids.ts';
import { awaitCamera } from '../../hub/camera-wait.ts';
import type { Hub } from '../../hub/hub.ts';
import type { KeyFrame } from '../../hub/stream.ts';
import type { ViewerDescription } from '../../hub/viewer.ts';
import type { AccessUnit } from '../../media/access-unit.ts';
import { type KeyFrameMp4, serializeKeyFrame } from '../../media/mp4/key-frame-mp4.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { jpegOfKeyFrame } from './jpeg-of-key-frame.ts';

export type StillRequest = {
  readonly camera: CameraId;
  readonly quality: Quality;
  readonly viewer: Omit<ViewerDescription, 'kind' | 'end' | 'statistics'>;
};

/** `takenMs` is when the gateway received the picture, in epoch milliseconds. */
export type Still = { readonly jpeg: Uint8Array; readonly takenMs: number };

/** The newest known picture as a video of one frame, whether or not the camera still sends. */
export type LastStill = KeyFrameMp4 & { readonly takenMs: number };

/** How many decoders run at once. Requests beyond the queue are refused. */
const MAX_RUNNING = 2;
const MAX_WAITING = 32;

/** Still pictures of cameras. One decoded key frame serves everybody who asks until the next one comes. */
export class StillOutput {
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #made = new WeakMap<AccessUnit, Promise<Uint8Array>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(hub: Hub, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
  }

  /** Connects to the camera if nobody watches it. Rejects with the reason when there is no picture, or when `signal` aborts. */
  async take(request: StillRequest, signal: AbortSignal): Promise<Still> {
    this.#hub.requireStill(request.camera, request.viewer);
    const keyFrame = this.#current(request) ?? (await this.#next(request, signal));
    return { jpeg: await this.#jpeg(keyFrame), takenMs: this.#takenMs(keyFrame) };
  }

  /** Never connects to the camera. Undefined when nobody has watched it since the gateway started. */
  last({ camera, quality, viewer }: StillRequest): LastStill | undefined {
    this.#hub.requireStill(camera, viewer);
    const keyFrame = this.#hub.stream(camera, quality)?.lastKeyFrame;
    const mp4 = keyFrame && serializeKeyFrame(keyFrame.codec, keyFrame.unit);
    return mp4 && { ...mp4, takenMs: this.#takenMs(keyFrame) };
  }

  #takenMs({ unit }: KeyFrame): number {
    return Math.round(this.#clock.wallMs() - (this.#clock.nowUs() - unit.receivedUs) / 1000);
  }

  #current({ camera, quality }: StillRequest): KeyFrame | undefined {
    const stream = this.#hub.stream(camera, quality);
    return stream?.state.phase === 'live' ? stream.keyFrame : undefined;
  }

  async #next({ camera, quality, viewer }: StillRequest, signal: AbortSignal): Promise<KeyFrame> {
    const ended = new AbortController();
    const { maxViewers: _, ...rest } = viewer;
    const end = (reason: GatewayError): void => ended.abort(reason);
    const watch = this.#hub.watch(camera, quality, { ...rest, kind: 'still', end });
    const { stream } = watch;
    try {
      const either = AbortSignal.any([signal, ended.signal]);
      return await awaitCamera(stream, { clock: this.#clock, signal: either, look: () => stream.keyFrame });
    } finally {
      watch.close();
    }
  }

  #jpeg({ unit, codec }: KeyFrame): Promise<Uint8Array> {
    const known = this.#made.get(unit);
    if (known) return known;
    const jpeg = this.#inTurn(() => jpegOfKeyFrame(codec, unit.payload));
    this.#made.set(unit, jpeg);
    return jpeg;
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= MAX_RUNNING) {
      if (this.#waiting.length >= MAX_WAITING) throw new GatewayError('busy', 'Too many stills are being made.');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}
