type Bytes = Uint8Array<ArrayBuffer>;

/** Whole boxes, in their order. */
export type SplitTracks = { readonly picture: readonly Bytes[]; readonly sound: readonly Bytes[] };

/** As the gateway numbers them. */
const PICTURE_TRACK = 1;
const SOUND_TRACK = 2;
const HEADER_BYTES = 8;
/** `free`: every reader skips such a box. */
const FREE = [0x66, 0x72, 0x65, 0x65];
/** The gateway counts the time of pictures so. */
const PICTURE_TICKS_PER_S = 90_000;
/** In the boxes as the gateway writes them: 64-bit decode time, one picture a fragment with its duration. */
const DECODE_TIME_AT = 12;
const DURATION_AT = 20;
/** Where a box of a track says which; the gateway's `tkhd` is of version 0 (ISO 14496-12 clause 8.3.2). */
const TRACK_ID_AT: Readonly<Record<string, number>> = { trex: 12, tfhd: 12, tkhd: 20 };

/**
 * Makes two MP4s of one with picture and sound, however its bytes were cut on the way. What belongs to the other track is
 * renamed to `free`, so that nothing moves and every offset stays right.
 */
export class TrackSplitter {
  #chunks: Bytes[] = [];
  #heldBytes = 0;
  #neededBytes = HEADER_BYTES;
  #moof: Bytes | undefined;
  #decodedUntilS: number | undefined;

  /**
   * When the newest picture has been decoded: no later one is shown before this moment, however the pictures are ordered.
   */
  get decodedUntilS(): number | undefined {
    return this.#decodedUntilS;
  }

  push(chunk: Bytes): SplitTracks {
    const split = { picture: [] as Bytes[], sound: [] as Bytes[] };
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#neededBytes) return split;
    let rest = join(this.#chunks, this.#heldBytes);
    this.#neededBytes = HEADER_BYTES;
    while (rest.length >= this.#neededBytes) {
      this.#neededBytes = Math.max(uint32(rest, 0), HEADER_BYTES);
      if (rest.length < this.#neededBytes) break;
      this.#sort(rest.subarray(0, this.#neededBytes), split);
      rest = rest.subarray(this.#neededBytes);
      this.#neededBytes = HEADER_BYTES;
    }
    this.#chunks = [rest];
    this.#heldBytes = rest.length;
    return split;
  }

  #sort(box: Bytes, { picture, sound }: { picture: Bytes[]; sound: Bytes[] }): void {
    const type = typeOf(box);
    const moof = this.#moof;
    this.#moof = type === 'moof' ? box : undefined;
    if (type === 'moof') return;
    if (type === 'mdat' && moof) {
      const tracks = tracksIn(moof);
      this.#decodedUntilS = decodedUntilS(moof) ?? this.#decodedUntilS;
      if (tracks.includes(PICTURE_TRACK)) picture.push(without(SOUND_TRACK, moof), box);
      if (tracks.includes(SOUND_TRACK)) sound.push(without(PICTURE_TRACK, moof), box);
      return;
    }
    picture.push(type === 'moov' ? without(SOUND_TRACK, box) : box);
    sound.push(type === 'moov' ? without(PICTURE_TRACK, box) : box);
  }
}

function without(track: number, box: Bytes): Bytes {
  const copy = box.slice();
  for (const own of trackBoxes(copy)) if (trackOf(own) === track) own.set(FREE, 4);
  return copy;
}

function tracksIn(moof: Bytes): (number | undefined)[] {
  return trackBoxes(moof).map(trackOf);
}

function decodedUntilS(moof: Bytes): number | undefined {
  const picture = trackBoxes(moof).find((own) => trackOf(own) === PICTURE_TRACK);
  const parts = picture ? children(picture) : [];
  const tfdt = parts.find((part) => typeOf(part) === 'tfdt');
  const trun = parts.find((part) => typeOf(part) === 'trun');
  if (!tfdt || !trun) return undefined;
  const ticks = uint32(tfdt, DECODE_TIME_AT) * 2 ** 32 + uint32(tfdt, DECODE_TIME_AT + 4);
  return (ticks + uint32(trun, DURATION_AT)) / PICTURE_TICKS_PER_S;
}

/** Views of the boxes that belong to one track. */
function trackBoxes(parent: Bytes): Bytes[] {
  return children(parent).flatMap((child) => {
    const type = typeOf(child);
    if (type === 'mvex') return trackBoxes(child);
    return type === 'trak' || type === 'traf' || type === 'trex' ? [child] : [];
  });
}

function trackOf(box: Bytes): number | undefined {
  const header = typeOf(box) === 'trex' ? box : children(box).find((child) => typeOf(child) in TRACK_ID_AT);
  return header && uint32(header, TRACK_ID_AT[typeOf(header)] as number);
}

function children(parent: Bytes): Bytes[] {
  const found: Bytes[] = [];
  for (let at = HEADER_BYTES; at + HEADER_BYTES <= parent.length; ) {
    const size = Math.max(uint32(parent, at), HEADER_BYTES);
    found.push(parent.subarray(at, at + size));
    at += size;
  }
  return found;
}

function typeOf(box: Bytes): string {
  return String.fromCharCode(...box.subarray(4, HEADER_BYTES));
}

function uint32(bytes: Bytes, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at);
}

function join(chunks: readonly Bytes[], bytes: number): Bytes {
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const joined = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
