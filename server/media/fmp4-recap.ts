import { writeBoxHeader, writeUint64 } from './fmp4-boxes.ts';
import { VIDEO_TIMESCALE } from './fmp4-sample-entry.ts';
import { childBox, childBoxes, readUint64 } from './mp4-box-reader.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './mp4-track.ts';

export type RecapOptions = {
  /** Decode time of the group's key frame. */
  readonly keyTicks: number;
  /** From here on each picture has its own time. May lie ahead of all that is there. */
  readonly untilTicks: number;
  /** How long the key frame is shown, and then all the others. */
  readonly keyUs: number;
  readonly restUs: number;
  /** Ticks per second of the sound, if there is any. */
  readonly soundTimescale: number | undefined;
};

const BOX_HEADER_BYTES = 8;

/**
 * A group of pictures so far, told in a moment. Who joins ten seconds into a group must decode all of it, and would either
 * see nothing until that is done or be ten seconds late. So the old pictures are stamped close together, right before the
 * live edge: the key frame is shown at once and for a moment, the others fly by, and what follows follows in time. Only
 * numbers in the fragments' headers change, the pictures stay where they are. Fragments must come in their order.
 */
export class Recap {
  readonly #keyTicks: number;
  readonly #untilTicks: number;
  readonly #keyLengthTicks: number;
  readonly #restTicks: number;
  readonly #firstSoundTicks: number;
  #writtenTicks = Number.NEGATIVE_INFINITY;

  /** Undefined for a group that is no longer than its recap would be. */
  static of(options: RecapOptions): Recap | undefined {
    const { keyTicks, untilTicks, keyUs, restUs } = options;
    return untilTicks - keyTicks > ticksOf(keyUs + restUs) ? new Recap(options) : undefined;
  }

  private constructor({ keyTicks, untilTicks, keyUs, restUs, soundTimescale = 0 }: RecapOptions) {
    this.#keyTicks = keyTicks;
    this.#untilTicks = untilTicks;
    this.#keyLengthTicks = ticksOf(keyUs);
    this.#restTicks = ticksOf(restUs);
    const beginsTicks = untilTicks - this.#keyLengthTicks - this.#restTicks;
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
    if (ticks >= this.#untilTicks) return ticks;
    if (ticks <= this.#keyTicks) return this.#untilTicks - this.#restTicks - this.#keyLengthTicks;
    const before = (this.#untilTicks - ticks) / (this.#untilTicks - this.#keyTicks);
    return this.#untilTicks - Math.round(before * this.#restTicks);
  }
}

function ticksOf(us: number): number {
  return Math.round((us / 1_000_000) * VIDEO_TIMESCALE);
}

/** Decode time of the picture in a fragment; undefined where it holds sound alone. */
export function decodeTicksOf(fragment: Uint8Array): number | undefined {
  const moof = childBox(viewOf(fragment), 'moof');
  for (const traf of moof ? childBoxes(moof, 'traf') : []) {
    const time = childBox(traf, 'tfdt');
    if (time && childBox(traf, 'tfhd')?.getUint32(4) === VIDEO_TRACK_ID) return readUint64(time, 4);
  }
  return undefined;
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
