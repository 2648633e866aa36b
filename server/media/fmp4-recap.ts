import { writeBoxHeader, writeUint64 } from './fmp4-boxes.ts';
import { VIDEO_TIMESCALE } from './fmp4-sample-entry.ts';
import { childBox, childBoxes, readUint64 } from './mp4-box-reader.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './mp4-track.ts';

/**
 * A picture of the time `ticks` is told at `toldTicks`, those between two points in between, those behind the last point at
 * their own time.
 */
export type RecapPoint = { readonly ticks: number; readonly toldTicks: number };

const BOX_HEADER_BYTES = 8;

/**
 * A group of pictures so far, told in a moment. Who joins ten seconds into a group must decode all of it, and would either
 * see nothing until that is done or be ten seconds late. So the old pictures are stamped close together, right before the
 * live edge: the key frame is shown at once and for a moment, the others fly by, and what follows follows in time. Only
 * numbers in the fragments' headers change, the pictures stay where they are. Fragments must come in their order.
 */
export class Recap {
  readonly #points: readonly RecapPoint[];
  readonly #beginsTicks: number;
  readonly #firstSoundTicks: number;
  #writtenTicks = Number.NEGATIVE_INFINITY;

  /**
   * From the key frame's point on. Undefined for a group that is no longer than its recap would be. `soundTimescale`: ticks
   * per second of the sound, if there is any.
   */
  static of(points: readonly RecapPoint[], soundTimescale?: number): Recap | undefined {
    const [key] = points;
    return key && key.toldTicks > key.ticks ? new Recap(points, key.toldTicks, soundTimescale) : undefined;
  }

  private constructor(points: readonly RecapPoint[], beginsTicks: number, soundTimescale = 0) {
    this.#points = points;
    this.#beginsTicks = beginsTicks;
    this.#firstSoundTicks = (beginsTicks / VIDEO_TIMESCALE) * soundTimescale;
  }

  /** The same fragment in two pieces: a new header and the old data. Nothing of a fragment with sound from before the recap alone. */
  restamp(fragment: Uint8Array): Uint8Array[] {
    const headerBytes = viewOf(fragment).getUint32(0);
    // Not slice, which copies nothing where this is a Buffer.
    const header = Uint8Array.from(fragment.subarray(0, headerBytes));
    return this.#rewrite(header) ? [header, fragment.subarray(headerBytes)] : [];
  }

  /** False when nothing of the fragment is left: sound from before the recap. */
  #rewrite(moof: Uint8Array): boolean {
    let isWanted = false;
    for (const traf of childBoxes(viewOf(moof.subarray(BOX_HEADER_BYTES)), 'traf')) {
      const track = childBox(traf, 'tfhd')?.getUint32(4);
      const time = childBox(traf, 'tfdt');
      const run = childBox(traf, 'trun');
      if (!time || !run) continue;
      if (track === VIDEO_TRACK_ID) this.#rewritePicture(time, run);
      if (track === AUDIO_TRACK_ID && readUint64(time, 4) < this.#firstSoundTicks) {
        const trafAt = traf.byteOffset - BOX_HEADER_BYTES;
        writeBoxHeader(new DataView(traf.buffer), trafAt, BOX_HEADER_BYTES + traf.byteLength, 'free');
        continue;
      }
      isWanted = true;
    }
    return isWanted;
  }

  /** `tfdt` of version 1 and a `trun` of one sample, as the muxer writes them. */
  #rewritePicture(time: DataView, run: DataView): void {
    const decodeTicks = readUint64(time, 4);
    const endTicks = decodeTicks + run.getUint32(12);
    const presentationTicks = decodeTicks + run.getInt32(24);
    const toldTicks = Math.max(this.#told(decodeTicks), this.#writtenTicks + 1);
    this.#writtenTicks = toldTicks;
    writeUint64(time, 4, toldTicks);
    run.setUint32(12, Math.max(this.#told(endTicks) - toldTicks, 1));
    run.setInt32(24, this.#told(presentationTicks) - toldTicks);
  }

  #told(ticks: number): number {
    const next = this.#points.findIndex((point) => ticks < point.ticks);
    if (next < 0) return ticks;
    const [before, after] = [this.#points[next - 1], this.#points[next] as RecapPoint];
    if (!before) return this.#beginsTicks;
    const share = (ticks - before.ticks) / (after.ticks - before.ticks);
    return Math.round(before.toldTicks + share * (after.toldTicks - before.toldTicks));
  }
}

/** Fragments that lie behind each other, one by one: a moof and its mdat. */
export function fragmentsIn(bytes: Uint8Array): Uint8Array[] {
  const view = viewOf(bytes);
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const dataAt = at + view.getUint32(at);
    const end = dataAt + view.getUint32(dataAt);
    fragments.push(bytes.subarray(at, end));
    at = end;
  }
  return fragments;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
