import { islandS, liveRange, type TimeRange } from './buffered-range.ts';
import { type EdgeContent, type EdgeState, initialEdge, nextEdge, PITCH_KEPT_FROM_RATE } from './edge-controller.ts';

const SAMPLE_EVERY_MS = 50;
/**
 * A browser that shows islands in its buffer (Firefox) empties its decoder whenever it has read all there is, and what waits
 * there for its turn is shown too early, what comes before it never. It reads ten pictures ahead and must not run out.
 */
const READ_AHEAD_PICTURES = 15;
/** A path that needs this much slack delivers too unevenly for low latency. */
const UNEVEN_TARGET_S = 2;

export type EdgeOptions = {
  /** How near to the edge the picture plays while nothing stalls. */
  readonly leastS: number;
  readonly content: EdgeContent;
  /** How far the edge at `edgeS` must stay ahead for now, so that picture and sound stay together. */
  readonly heldS?: (edgeS: number) => number;
  /**
   * Up to where nothing is missing any more. The buffer may end later: with B-frames a picture is sent before those that are
   * shown before it, and Chromium counts it as the end at once.
   */
  readonly completeUntilS?: () => number | undefined;
  /** The stream arrives too unevenly to be played close to its edge. */
  readonly uneven?: () => void;
};

/** Applies the edge controller to a media element that is fed from a buffer. */
export class EdgeKeeper {
  readonly #media: HTMLMediaElement;
  readonly #options: EdgeOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #edge: EdgeState;
  #leastS: number;
  /** On top, where pictures come out of order and the browser needs them ahead. */
  #readAheadS = 0;
  #isGoingBack = false;

  constructor(media: HTMLMediaElement, options: EdgeOptions) {
    this.#media = media;
    this.#options = options;
    this.#leastS = options.leastS;
    this.#edge = this.#begin();
    this.#timer = setInterval(() => this.adjust(), SAMPLE_EVERY_MS);
  }

  get state(): EdgeState {
    return this.#edge;
  }

  get aheadS(): number {
    const range = this.#liveRange();
    return range ? range.endS - this.#media.currentTime : 0;
  }

  setLeast(leastS: number): void {
    if (leastS === this.#leastS) return;
    this.#leastS = leastS;
    this.#edge = this.#begin();
  }

  adjust(): void {
    const range = this.#liveRange();
    if (!range || document.hidden) return;
    const media = this.#media;
    if (this.#readAheadS === 0) this.#seeOrder();
    if (this.#isGoingBack) this.#goBack(range);
    if (media.currentTime < range.startS) media.currentTime = range.startS;
    if (media.seeking) return;
    const { heldS, uneven } = this.#options;
    this.#edge = nextEdge(this.#edge, {
      nowMs: performance.now(),
      aheadS: range.endS - media.currentTime,
      isStarved: !media.paused && media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA,
      heldS: heldS?.(range.endS) ?? 0,
    });
    if (this.#edge.shouldJump) media.currentTime = range.endS - this.#edge.targetS;
    this.#setRate(this.#edge.rate);
    if (this.#edge.targetS > UNEVEN_TARGET_S) uneven?.();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #seeOrder(): void {
    const pictureS = islandS(this.#media.buffered);
    if (pictureS === undefined) return;
    this.#readAheadS = READ_AHEAD_PICTURES * pictureS;
    this.#edge = this.#begin();
    this.#isGoingBack = true;
  }

  /** As soon as there is enough to go back to: to fall back slowly would take long, and pictures be missing meanwhile. */
  #goBack({ startS, endS }: TimeRange): void {
    const toS = endS - this.#edge.targetS;
    if (toS < startS) return;
    this.#isGoingBack = false;
    if (toS < this.#media.currentTime) this.#media.currentTime = toS;
  }

  #begin(): EdgeState {
    return initialEdge(this.#leastS + this.#readAheadS, this.#options.content, performance.now());
  }

  #setRate(rate: number): void {
    const media = this.#media;
    if (media.playbackRate === rate) return;
    media.preservesPitch = rate >= PITCH_KEPT_FROM_RATE;
    media.playbackRate = rate;
  }

  #liveRange(): TimeRange | undefined {
    const range = liveRange(this.#media.buffered);
    const completeUntilS = this.#options.completeUntilS?.() ?? Number.POSITIVE_INFINITY;
    return range && { startS: range.startS, endS: Math.min(range.endS, Math.max(completeUntilS, range.startS)) };
  }
}
