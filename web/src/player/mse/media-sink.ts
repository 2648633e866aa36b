import type { MediaSourceClass } from './media-source-class.ts';

/**
 * What has been played is kept for so long, so that memory stays bounded. Removing a key frame takes all that depends on it
 * along, also what is still to be shown: this is more than the longest group of pictures that the gateway keeps.
 */
export const KEEP_BEHIND_S = 35;
const TRIM_WHEN_BEHIND_S = 50;
/** When an element takes no data any more, it is given up at this size of the queue. */
const MAX_QUEUED_BYTES = 32 * 1024 * 1024;

/** Appends the chunks of one endless MP4 file, however they were cut, to a media element. */
export class MediaSink {
  readonly #media: HTMLMediaElement;
  readonly #failed: () => void;
  readonly #source: MediaSource;
  readonly #url: string;
  #buffer: SourceBuffer | undefined;
  #queue: Uint8Array<ArrayBuffer>[] = [];
  #queuedBytes = 0;
  #closed = false;

  /** `failed` is called at most once: the browser cannot decode this. */
  constructor(media: HTMLMediaElement, mimeType: string, SourceClass: MediaSourceClass, failed: () => void) {
    this.#media = media;
    this.#failed = failed;
    this.#source = new SourceClass();
    this.#url = URL.createObjectURL(this.#source);
    // A managed source refuses to open while the media could be sent to another screen.
    media.disableRemotePlayback = true;
    media.addEventListener('error', this.#fail);
    this.#source.addEventListener('sourceopen', () => this.#open(mimeType), { once: true });
    media.src = this.#url;
  }

  append(chunk: Uint8Array<ArrayBuffer>): void {
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    if (this.#queuedBytes > MAX_QUEUED_BYTES) this.#fail();
    else this.#feed();
  }

  /** The last picture stays in the video. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#media.removeEventListener('error', this.#fail);
    this.#buffer?.removeEventListener('updateend', this.#feed);
    this.#buffer?.removeEventListener('error', this.#fail);
    URL.revokeObjectURL(this.#url);
  }

  #open(mimeType: string): void {
    if (this.#closed) return;
    try {
      this.#buffer = this.#source.addSourceBuffer(mimeType);
    } catch {
      this.#fail();
      return;
    }
    this.#buffer.addEventListener('updateend', this.#feed);
    this.#buffer.addEventListener('error', this.#fail);
    this.#feed();
  }

  readonly #feed = (): void => {
    const buffer = this.#buffer;
    if (this.#closed || !buffer || buffer.updating || this.#source.readyState !== 'open') return;
    try {
      if (this.#trim(buffer)) return;
      if (this.#queue.length > 0) buffer.appendBuffer(this.#takeAll());
    } catch (error) {
      // The browser's own memory limit: everything but the present goes, the queue is tried again then.
      if (error instanceof DOMException && error.name === 'QuotaExceededError' && buffer.buffered.length > 0) {
        this.#media.currentTime = buffer.buffered.end(buffer.buffered.length - 1);
        return;
      }
      this.#fail();
    }
  };

  #trim(buffer: SourceBuffer): boolean {
    if (buffer.buffered.length === 0) return false;
    const behindS = this.#media.currentTime - buffer.buffered.start(0);
    if (behindS < TRIM_WHEN_BEHIND_S) return false;
    buffer.remove(0, this.#media.currentTime - KEEP_BEHIND_S);
    return true;
  }

  #takeAll(): Uint8Array<ArrayBuffer> {
    const only = this.#queue.length === 1 ? this.#queue[0] : undefined;
    const all = only ?? new Uint8Array(this.#queuedBytes);
    if (!only) {
      let at = 0;
      for (const chunk of this.#queue) {
        all.set(chunk, at);
        at += chunk.length;
      }
    }
    this.#queue = [];
    this.#queuedBytes = 0;
    return all;
  }

  readonly #fail = (): void => {
    if (this.#closed) return;
    this.close();
    this.#failed();
  };
}
