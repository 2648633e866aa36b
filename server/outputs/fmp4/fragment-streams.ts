import type { Stream } from '../../hub/stream.ts';
import { FragmentStream } from './fragment-stream.ts';

/** A hold on a fragment stream. The stream lives as long as there is at least one. */
export type FragmentLease = {
  readonly fragments: FragmentStream;
  /** It may be called more than once. */
  release(): void;
};

type Entry = { readonly fragments: FragmentStream; holders: number };

/** Finds or starts the fragment stream of a stream, with its sound or without. */
export class FragmentStreams {
  readonly #entries = new Map<Stream, Map<boolean, Entry>>();

  acquire(stream: Stream, withSound: boolean): FragmentLease {
    const variants = this.#entries.get(stream) ?? new Map<boolean, Entry>();
    this.#entries.set(stream, variants);
    const known = variants.get(withSound);
    const entry =
      known && !known.fragments.ended ? known : { fragments: new FragmentStream(stream, withSound), holders: 0 };
    variants.set(withSound, entry);
    entry.holders++;
    let held = true;
    return {
      fragments: entry.fragments,
      release: () => {
        if (!held) return;
        held = false;
        entry.holders--;
        if (entry.holders === 0) this.#drop(stream, withSound, entry);
      },
    };
  }

  /** How many streams are being written now. */
  get size(): number {
    let size = 0;
    for (const variants of this.#entries.values()) size += variants.size;
    return size;
  }

  #drop(stream: Stream, withSound: boolean, entry: Entry): void {
    entry.fragments.close();
    const variants = this.#entries.get(stream);
    if (variants?.get(withSound) === entry) variants.delete(withSound);
    if (variants?.size === 0) this.#entries.delete(stream);
  }
}
