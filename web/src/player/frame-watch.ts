import { PictureCadence } from '../../../shared/picture-cadence.ts';

/** The gateway sets the last bit of the RTP time of what it sends again, or sends late: such pictures are no news. */
const OLD_BIT = 1;

/** Sees every picture that a video shows, and remembers when, and which were new ones. */
export class FrameWatch {
  frames = 0;
  /** `performance.now()` of the newest picture; of the beginning while there is none. */
  lastAtMs = performance.now();
  /** When the newest picture had left the network, where the browser tells (WebRTC). */
  receivedAtMs: number | undefined;
  /** When the newest picture was captured, where the browser tells. */
  capturedAtMs: number | undefined;
  /** When a picture was shown that the camera made later than all before it. */
  newsAtMs: number | undefined;
  /** Pictures here say whether they are news. */
  isMarked = false;
  readonly #cadence = new PictureCadence();
  readonly #video: HTMLVideoElement;
  readonly #newestStamp: () => number | undefined;
  readonly #isSoundOnly: () => boolean;
  #first: (() => void) | undefined;
  #handle: number | undefined;
  #isCalledBack = false;
  #positionS: number;
  /** RTP time, which begins anew every thirteen hours. */
  #newestNews: number | undefined;
  #newestS = Number.NEGATIVE_INFINITY;
  #decoded = Number.POSITIVE_INFINITY;

  /**
   * `isSoundOnly`: the sound that goes on stands for the pictures that never come.
   * `newestStamp`: RTP time of the newest picture, for browsers that do not tell it with the picture.
   */
  constructor(
    video: HTMLVideoElement,
    first: () => void,
    newestStamp: () => number | undefined,
    isSoundOnly: () => boolean,
  ) {
    this.#isSoundOnly = isSoundOnly;
    this.#video = video;
    this.#first = first;
    this.#newestStamp = newestStamp;
    this.#positionS = video.currentTime;
    if ('requestVideoFrameCallback' in video) this.#handle = video.requestVideoFrameCallback(this.#onFrame);
  }

  /** The pace at which news came here says from when on it is late; undefined while too few came. */
  get limitMs(): number | undefined {
    return this.#cadence.isKnown ? this.#cadence.limitMs : undefined;
  }

  /** Browsers call back for no picture in a hidden page, WebKitGTK without a graphics card for none at all. */
  poll(): void {
    if (this.#isCalledBack && !document.hidden) return;
    const { totalVideoFrames } = this.#video.getVideoPlaybackQuality();
    const { currentTime } = this.#video;
    const isSeen = totalVideoFrames > this.#decoded || this.#isSoundOnly();
    const isMoving = isSeen && currentTime > this.#positionS;
    this.#decoded = totalVideoFrames;
    this.#positionS = currentTime;
    if (isMoving) this.#seen(performance.now(), currentTime, this.#newestStamp());
  }

  /** While the page was hidden or asleep no picture could be seen: that was no pace. */
  interrupt(): void {
    this.#cadence.interrupt();
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
    this.#seen(nowMs, metadata.mediaTime, metadata.rtpTimestamp ?? this.#newestStamp());
  };

  /** A browser that shows its page again presents the picture that stood there before once more. */
  #isNewsBy(stamp: number): boolean {
    const isLater = this.#newestNews === undefined || ((stamp - this.#newestNews) | 0) > 0;
    if (!isLater || (stamp & OLD_BIT) !== 0) return false;
    this.#newestNews = stamp;
    return true;
  }

  #seen(nowMs: number, mediaS: number, stamp: number | undefined): void {
    this.frames++;
    this.lastAtMs = nowMs;
    if (stamp !== undefined) this.isMarked = true;
    const isNews = stamp === undefined ? mediaS > this.#newestS : this.#isNewsBy(stamp);
    this.#newestS = Math.max(this.#newestS, mediaS);
    if (isNews) {
      this.newsAtMs = nowMs;
      this.#cadence.add(nowMs);
    }
    const first = this.#first;
    this.#first = undefined;
    first?.();
  }
}
