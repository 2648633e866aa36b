import { EdgeKeeper } from './edge-keeper.ts';
import { MediaSink } from './media-sink.ts';

/** Chromium runs dry at 0.13 s with FLAC of 24 kHz: its output buffers, a converter, sound that waits for its picture. */
const SOUND_TARGET_S = 0.2;
/** Later than this behind its picture sound begins to be noticed (ITU-R BT.1359). */
const NOTICED_LATE_S = 0.12;
/** And earlier than this before its picture. */
const NOTICED_EARLY_S = 0.045;
/** The picture waits for late sound no longer than this. Sound that is farther behind catches up by itself. */
const LONGEST_HOLD_S = 0.15;

type SoundRequest = {
  /** The video whose volume and mute button also hold for the sound. */
  readonly video: HTMLVideoElement;
  readonly mimeType: string;
  readonly SourceClass: typeof MediaSource;
  /** The browser plays no sound before the person has touched the page. */
  readonly refused: () => void;
};

/**
 * The sound of a stream in an element of its own. In one element with the picture a browser that runs out of sound stops
 * both, for longer each time; here the picture goes on, and may be nearer to the edge than the sound.
 */
export class SoundBeside {
  readonly #request: SoundRequest;
  /** A video element, because browsers that let a page play muted media by itself allow that for videos only. */
  readonly #audio = document.createElement('video');
  readonly #life = new AbortController();
  readonly #sink: MediaSink;
  readonly #keeper: EdgeKeeper;

  constructor(request: SoundRequest) {
    const { video, mimeType, SourceClass } = request;
    this.#request = request;
    // When the sound cannot be decoded, the picture goes on.
    this.#sink = new MediaSink(this.#audio, mimeType, SourceClass, () => this.close());
    this.#keeper = new EdgeKeeper(this.#audio, {
      leastS: SOUND_TARGET_S,
      content: 'sound',
      // A picture that has to stay far behind (B-frames in Firefox) takes its sound along.
      heldS: (edgeS) => (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? edgeS - video.currentTime : 0),
    });
    video.addEventListener('seeked', () => this.#goBack(), { signal: this.#life.signal });
    video.addEventListener('volumechange', () => this.#follow(), { signal: this.#life.signal });
    this.#follow();
  }

  get isClosed(): boolean {
    return this.#life.signal.aborted;
  }

  /** How far a picture whose edge is at `edgeS` stays behind it, so that the sound is not noticed to be late. */
  heldS(edgeS: number): number {
    const isPlaying = !this.#audio.paused && this.#audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
    return isPlaying ? Math.min(edgeS - this.#audio.currentTime - NOTICED_LATE_S, LONGEST_HOLD_S) : 0;
  }

  append(chunk: Uint8Array<ArrayBuffer>): void {
    this.#sink.append(chunk);
  }

  close(): void {
    if (this.isClosed) return;
    this.#life.abort();
    this.#keeper.close();
    this.#sink.close();
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }

  /** The picture went back: sound that would take long to fall back that far does the same. */
  #goBack(): void {
    const { currentTime } = this.#request.video;
    if (this.#audio.currentTime - currentTime > NOTICED_EARLY_S) this.#audio.currentTime = currentTime;
  }

  #follow(): void {
    const { video, refused } = this.#request;
    this.#audio.muted = video.muted;
    this.#audio.volume = video.volume;
    this.#audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError' && !this.isClosed) refused();
    });
  }
}
