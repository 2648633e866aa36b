import { open } from 'node:fs/promises';
import type { VideoCodec } from '../../../shared/camera.ts';
import type { AccessUnit, AudioTrack } from '../../media/access-unit.ts';
import { box, writeBoxHeader, writeUint64 } from '../../media/mp4/fmp4-boxes.ts';
import { Fmp4Muxer, type MediaFragment } from '../../media/mp4/fmp4-muxer.ts';
import { Mp4Index } from '../../media/mp4/mp4-index.ts';
import type { UnitWriter } from './unit-writer.ts';

/** The place where the header of one large `mdat` will be. */
const RESERVED = box('free', new Uint8Array(8));

/**
 * An MP4 that can be played at any moment, even after a power cut, because it grows in fragments. When it is finished, the
 * fragments become the data of an ordinary MP4 with one index at the end, in which every player can seek.
 */
export class Mp4File implements UnitWriter {
  readonly #codec: VideoCodec;
  readonly #sound: { readonly audio?: AudioTrack };
  readonly #index = new Mp4Index();
  #muxer: Fmp4Muxer | undefined;
  #length = 0;
  #reservedAt = 0;

  constructor(codec: VideoCodec, sound: AudioTrack | undefined) {
    this.#codec = codec;
    this.#sound = sound ? { audio: sound } : {};
  }

  video(unit: AccessUnit): readonly Uint8Array[] {
    this.#muxer ??= new Fmp4Muxer({ codec: this.#codec, originUs: unit.ptsUs, ...this.#sound });
    const fragment = this.#muxer.pushVideo(unit);
    if (!fragment) return [];
    // Later parameter sets are only in the index, because a file in fragments cannot change them.
    return this.#length === 0 ? [...this.#begin(fragment), this.#add(fragment)] : [this.#add(fragment)];
  }

  audio(unit: AccessUnit): readonly Uint8Array[] {
    const fragment = this.#muxer?.pushAudio(unit);
    return fragment ? [this.#add(fragment)] : [];
  }

  /** Resolves when all bytes are in the file. */
  async finish(path: string): Promise<void> {
    if (this.#length === 0) return;
    const file = await open(path, 'r+');
    try {
      await file.write(this.#index.serialize(), 0, undefined, this.#length);
      // This comes last, so that the file can be played even if this is interrupted.
      await file.write(dataHeader(this.#length - this.#reservedAt), 0, undefined, this.#reservedAt);
    } finally {
      await file.close();
    }
  }

  #begin({ init }: MediaFragment): Uint8Array[] {
    this.#reservedAt = new DataView(init.bytes.buffer, init.bytes.byteOffset).getUint32(0);
    this.#length = init.bytes.length + RESERVED.length;
    return [init.bytes.subarray(0, this.#reservedAt), RESERVED, init.bytes.subarray(this.#reservedAt)];
  }

  #add(fragment: MediaFragment): Uint8Array {
    this.#index.add(fragment, this.#length);
    this.#length += fragment.bytes.length;
    return fragment.bytes;
  }
}

/** `mdat` with a length of 64 bits. */
function dataHeader(length: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  writeBoxHeader(view, 0, 1, 'mdat');
  writeUint64(view, 8, length);
  return bytes;
}
