import { type EdgeState, initialEdge, nextEdge } from './edge-controller.ts';

const SAMPLE_EVERY_MS = 50;
/** A path whose delivery needs so much slack is no low-latency path. */
const UNEVEN_TARGET_S = 2;
/** Chromium's audio renderer plays only with 200 ms of decoded sound at hand. */
const SOUND_TARGET_S = 0.24;

/** Applies the edge controller to a video that is fed from a buffer. */
export class EdgeKeeper {
  readonly #video: HTMLVideoElement;
  readonly #sound: boolean;
  readonly #uneven: () => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #edge: EdgeState;

  /** `uneven` is called when the stream arrives too unevenly to be shown close to its edge. */
  constructor(video: HTMLVideoElement, partS: number, sound: boolean, uneven: () => void) {
    this.#video = video;
    this.#uneven = uneven;
    this.#sound = sound;
    this.#edge = initialEdge(this.#leastS(partS), performance.now());
    this.#timer = setInterval(() => this.adjust(), SAMPLE_EVERY_MS);
  }

  get state(): EdgeState {
    return this.#edge;
  }

  get aheadS(): number {
    const range = this.#lastRange();
    return range ? range.endS - this.#video.currentTime : 0;
  }

  setPart(partS: number): void {
    const leastS = this.#leastS(partS);
    if (leastS !== this.#edge.leastS) this.#edge = initialEdge(leastS, performance.now());
  }

  adjust(): void {
    const range = this.#lastRange();
    if (!range || document.hidden) return;
    const video = this.#video;
    if (video.currentTime < range.startS) video.currentTime = range.startS;
    if (video.seeking) return;
    const isStarved = !video.paused && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    const aheadS = range.endS - video.currentTime;
    this.#edge = nextEdge(this.#edge, { nowMs: performance.now(), aheadS, isStarved });
    if (this.#edge.shouldJump) video.currentTime = range.endS - this.#edge.targetS;
    if (video.playbackRate !== this.#edge.rate) video.playbackRate = this.#edge.rate;
    if (this.#edge.targetS > UNEVEN_TARGET_S) this.#uneven();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #leastS(partS: number): number {
    return Math.max(2 * partS, this.#sound ? SOUND_TARGET_S : 0);
  }

  #lastRange(): { startS: number; endS: number } | undefined {
    const { buffered } = this.#video;
    if (buffered.length === 0) return undefined;
    return { startS: buffered.start(buffered.length - 1), endS: buffered.end(buffered.length - 1) };
  }
}
