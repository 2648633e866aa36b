import type { VideoCodec } from '../../../shared/camera.ts';
import type { AccessUnit, AudioTrack } from '../../media/access-unit.ts';
import { Fmp4Muxer } from '../../media/mp4/fmp4-muxer.ts';
import { joinAnnexB } from '../../media/video/annex-b.ts';
import { GatewayError } from '../../platform/errors.ts';

/** Turns access units into the bytes of a file. */
export type UnitWriter = {
  video(unit: AccessUnit): readonly Uint8Array[];
  audio(unit: AccessUnit): readonly Uint8Array[];
};

/** Called when the tracks are known. May throw a GatewayError. */
export type CreateUnitWriter = (codec: VideoCodec, sound: AudioTrack | undefined) => UnitWriter;

/** `h264` and `h265` are raw byte streams without sound and without times. */
export type RecordingFormat = 'mp4' | VideoCodec;

const NAMES: Readonly<Record<VideoCodec, string>> = { h264: 'H.264', h265: 'H.265' };

/** Makes a writer for a target that only takes bytes in order, such as standard output. */
export function unitWriterOf(format: RecordingFormat): CreateUnitWriter {
  return (codec, sound) => {
    if (format === 'mp4') return new Mp4Writer(codec, sound);
    if (format === codec) return ANNEX_B_WRITER;
    throw new GatewayError('not-supported', `The camera sends ${NAMES[codec]}: choose ${codec} or mp4, not ${format}.`);
  };
}

/** Writes only pictures, each NAL unit after a start code. */
const ANNEX_B_WRITER: UnitWriter = {
  video: (unit) => [joinAnnexB(unit.payload)],
  audio: () => [],
};

/** Fragmented MP4 whose time begins at zero with the first key frame. */
class Mp4Writer implements UnitWriter {
  readonly #codec: VideoCodec;
  readonly #sound: { readonly audio?: AudioTrack };
  #muxer: Fmp4Muxer | undefined;
  #writtenVersion = 0;

  constructor(codec: VideoCodec, sound: AudioTrack | undefined) {
    this.#codec = codec;
    this.#sound = sound ? { audio: sound } : {};
  }

  video(unit: AccessUnit): readonly Uint8Array[] {
    this.#muxer ??= new Fmp4Muxer({ codec: this.#codec, originUs: unit.ptsUs, ...this.#sound });
    const fragment = this.#muxer.pushVideo(unit);
    if (!fragment) return [];
    if (fragment.init.version === this.#writtenVersion) return [fragment.bytes];
    this.#writtenVersion = fragment.init.version;
    return [fragment.init.bytes, fragment.bytes];
  }

  audio(unit: AccessUnit): readonly Uint8Array[] {
    const fragment = this.#muxer?.pushAudio(unit);
    return fragment ? [fragment.bytes] : [];
  }
}
