/**
 * The videos of one player, one over the other. A new transport starts hidden behind the picture and is shown when it
 * has one of its own.
 */
export class VideoStage {
  readonly #first: HTMLVideoElement;
  readonly #free: HTMLVideoElement[] = [];
  readonly #used = new Set<HTMLVideoElement>();
  #shown: HTMLVideoElement;

  constructor(video: HTMLVideoElement) {
    this.#first = video;
    this.#shown = video;
    this.#free.push(video);
    video.muted = true;
    video.playsInline = true;
  }

  get shown(): HTMLVideoElement {
    return this.#shown;
  }

  /** An empty, muted video for a transport. The one on the screen is taken only while it has no picture. */
  take(): HTMLVideoElement {
    const video = this.#free.pop() ?? this.#create();
    this.#used.add(video);
    return video;
  }

  /** Puts this video on the screen; the one before is emptied. */
  show(video: HTMLVideoElement): void {
    const before = this.#shown;
    if (video === before) return;
    this.#shown = video;
    video.style.opacity = '';
    video.removeAttribute('aria-hidden');
    video.muted = before.muted;
    video.volume = before.volume;
    before.style.opacity = '0';
    before.setAttribute('aria-hidden', 'true');
    before.muted = true;
    // Allowed without a gesture, because a picture of this page is in its small window already.
    if (document.pictureInPictureElement === before) video.requestPictureInPicture().catch(() => undefined);
    if (!this.#used.has(before)) this.#empty(before);
  }

  /** The transport is done with this video. What is on the screen keeps its last picture until another is shown. */
  giveBack(video: HTMLVideoElement): void {
    if (!this.#used.delete(video)) return;
    const hasPicture = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    if (video !== this.#shown || !hasPicture) this.#empty(video);
  }

  /** Leaves the page's own video as it was found. */
  clear(): void {
    this.show(this.#first);
    for (const video of [...this.#used, ...this.#free]) {
      unload(video);
      if (video !== this.#first) video.remove();
    }
    unload(this.#first);
    this.#used.clear();
    this.#free.length = 0;
    this.#free.push(this.#first);
  }

  #empty(video: HTMLVideoElement): void {
    unload(video);
    if (!this.#free.includes(video)) this.#free.push(video);
  }

  #create(): HTMLVideoElement {
    const video = this.#first.cloneNode(false) as HTMLVideoElement;
    for (const name of ['id', 'src', 'poster', 'autoplay', 'aria-label']) video.removeAttribute(name);
    video.muted = true;
    video.playsInline = true;
    video.setAttribute('aria-hidden', 'true');
    Object.assign(video.style, { position: 'absolute', inset: '0', width: '100%', height: '100%', opacity: '0' });
    this.#first.after(video);
    return video;
  }
}

function unload(video: HTMLVideoElement): void {
  if (!video.srcObject && !video.hasAttribute('src')) return;
  video.srcObject = null;
  video.removeAttribute('src');
  video.load();
}
