/** Sees every picture that a video shows, and remembers when. */
export class FrameWatch {
  frames = 0;
  /** `performance.now()` of the newest picture; of the beginning while there is none. */
  lastAtMs = performance.now();
  /** When the newest picture had left the network, where the browser tells (WebRTC). */
  receivedAtMs: number | undefined;
  /** When the newest picture was captured, where the browser tells. */
  capturedAtMs: number | undefined;
  readonly #video: HTMLVideoElement;
  #first: (() => void) | undefined;
  #handle: number | undefined;
  #isCalledBack = false;
  #positionS: number;
  #decoded = Number.POSITIVE_INFINITY;

  constructor(video: HTMLVideoElement, first: () => void) {
    this.#video = video;
    this.#first = first;
    this.#positionS = video.currentTime;
    if ('requestVideoFrameCallback' in video) this.#handle = video.requestVideoFrameCallback(this.#onFrame);
  }

  /** Browsers call back for no picture in a hidden page, WebKitGTK without a graphics card for none at all. */
  poll(): void {
    if (this.#isCalledBack && !document.hidden) return;
    const { totalVideoFrames } = this.#video.getVideoPlaybackQuality();
    const { currentTime } = this.#video;
    const isMoving = totalVideoFrames > this.#decoded && currentTime > this.#positionS;
    this.#decoded = totalVideoFrames;
    this.#positionS = currentTime;
    if (isMoving) this.#seen(performance.now());
  }

  /** The wait for the next picture begins now: while the page was hidden or asleep none could be seen. */
  forgive(): void {
    this.lastAtMs = performance.now();
  }

  close(): void {
    this.#first = undefined;
    if (this.#handle !== undefined) this.#video.cancelVideoFrameCallback(this.#handle);
    this.#handle = undefined;
  }

  readonly #onFrame = (nowMs: number, metadata: VideoFrameCallbackMetadata): void => {
    this.#handle = this.#video.requestVideoFrameCallback(this.#onFrame);
    this.#isCalledBack = true;
    this.receivedAtMs = metadata.receiveTime;
    this.capturedAtMs = metadata.captureTime;
    this.#seen(nowMs);
  };

  #seen(nowMs: number): void {
    this.frames++;
    this.lastAtMs = nowMs;
    const first = this.#first;
    this.#first = undefined;
    first?.();
  }
}
