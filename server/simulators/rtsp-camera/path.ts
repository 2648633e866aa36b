import type { AudioClip, ClipFrame, VideoClip } from '../clip.ts';
import type { RtspCameraQuirks } from '../rtsp-camera-quirks.ts';

export type RtspCameraPathOptions = {
  /** The part of the URL after the port, including the query. */
  readonly path: string;
  readonly clip: VideoClip;
  readonly audio?: AudioClip;
  readonly username?: string;
  readonly password?: string;
  readonly quirks?: RtspCameraQuirks;
};

/** Frame n of a path is sent at `t0Ms + n * 1000 / fps`. The picture shows n modulo `frames`. */
export type RtspCameraClock = { readonly t0Ms: number; readonly fps: number; readonly frames: number };

/** A session that is playing. */
export type CameraPlayer = {
  picture(frame: ClipFrame, number: number): void;
  sound(samples: Uint8Array, number: number): void;
};

/** One stream of the camera. Its picture follows the wall clock, whoever watches. */
export class CameraPath {
  readonly options: RtspCameraPathOptions;
  readonly #t0Ms: number;
  readonly #players = new Set<CameraPlayer>();
  #timer: NodeJS.Timeout | undefined;
  #nextPicture = 0;
  #nextSound = 0;
  #paused = false;

  constructor(options: RtspCameraPathOptions, t0Ms: number) {
    this.options = options;
    this.#t0Ms = t0Ms;
  }

  get clock(): RtspCameraClock {
    const { fps, frames } = this.options.clip;
    return { t0Ms: this.#t0Ms, fps, frames: frames.length };
  }

  get players(): number {
    return this.#players.size;
  }

  add(player: CameraPlayer): void {
    this.#players.add(player);
    if (this.#players.size === 1) this.#start();
  }

  remove(player: CameraPlayer): void {
    this.#players.delete(player);
    if (this.#players.size === 0) clearTimeout(this.#timer);
  }

  /** Stops sending but keeps the connections. The picture's time continues. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
  }

  pictureDueMs(number: number): number {
    return this.#t0Ms + (number * 1000) / this.options.clip.fps;
  }

  #start(): void {
    const sinceMs = Math.max(Date.now() - this.#t0Ms, 0);
    this.#nextPicture = Math.ceil((sinceMs * this.options.clip.fps) / 1000);
    this.#nextSound = Math.ceil(sinceMs / this.#soundMs);
    this.#arm();
  }

  get #soundMs(): number {
    const audio = this.options.audio;
    return audio ? (audio.samplesPerFrame * 1000) / audio.track.sampleRateHz : Number.POSITIVE_INFINITY;
  }

  #soundDueMs(): number {
    return this.options.audio ? this.#t0Ms + this.#nextSound * this.#soundMs : Number.POSITIVE_INFINITY;
  }

  #arm(): void {
    const dueMs = Math.min(this.pictureDueMs(this.#nextPicture), this.#soundDueMs());
    this.#timer = setTimeout(() => this.#send(), Math.max(dueMs - Date.now(), 0));
  }

  #send(): void {
    const nowMs = Date.now();
    const { clip, audio } = this.options;
    while (this.pictureDueMs(this.#nextPicture) <= nowMs) {
      const number = this.#nextPicture++;
      const frame = clip.frames[number % clip.frames.length] as ClipFrame;
      if (!this.#paused) for (const player of this.#players) player.picture(frame, number);
    }
    while (audio && this.#soundDueMs() <= nowMs) {
      const number = this.#nextSound++;
      const samples = audio.frames[number % audio.frames.length] as Uint8Array;
      if (!this.#paused) for (const player of this.#players) player.sound(samples, number);
    }
    if (this.#players.size > 0) this.#arm();
  }
}
