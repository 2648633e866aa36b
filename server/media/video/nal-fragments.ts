/** Protects against endless NAL units: no NAL unit of any level is larger. */
const MAX_NAL_BYTES = 8 * 1024 * 1024;

/** Puts a NAL unit back together. Fragments are only remembered; the bytes are copied once, at the end. */
export class NalFragments {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #open = false;

  start(header: Uint8Array): void {
    this.#parts = [header];
    this.#bytes = header.length;
    this.#open = true;
  }

  add(part: Uint8Array): 'added' | 'no-beginning' | 'too-large' {
    if (!this.#open) return 'no-beginning';
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes <= MAX_NAL_BYTES) return 'added';
    this.abandon();
    return 'too-large';
  }

  finish(): Uint8Array {
    const nal = Buffer.allocUnsafe(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      nal.set(part, at);
      at += part.length;
    }
    this.abandon();
    return nal;
  }

  /** Forgets the fragments so far. Returns true when there was an unfinished NAL unit. */
  abandon(): boolean {
    const wasOpen = this.#open;
    this.#parts = [];
    this.#bytes = 0;
    this.#open = false;
    return wasOpen;
  }
}
