import type { VideoCodec } from '../../../shared/camera.ts';
import { GatewayError } from '../../platform/errors.ts';
import { BitReader } from '../bit-reader.ts';
import { H264_NAL, h264NalType } from './h264.ts';
import { parseH264Sps } from './h264-sps.ts';
import { H265_NAL, h265NalType } from './h265.ts';
import { parseH265Sps } from './h265-sps.ts';

/** No camera has more sets of one kind. Beyond this the oldest is dropped. */
const MAX_PER_KIND = 16;
/** A generous limit: the largest set seen in the field has 48 bytes, but usability information may be long. */
const MAX_SET_BYTES = 4096;

/** The parameter sets in force, from the session description and from the stream, by kind and id. */
export class ParameterSetCache {
  readonly #codec: VideoCodec;
  readonly #kinds: ReadonlyMap<number, Map<number, Uint8Array>>;
  #reorders = false;

  constructor(codec: VideoCodec) {
    this.#codec = codec;
    const types = codec === 'h264' ? [H264_NAL.sps, H264_NAL.pps] : [H265_NAL.vps, H265_NAL.sps, H265_NAL.pps];
    this.#kinds = new Map(types.map((type) => [type, new Map<number, Uint8Array>()]));
  }

  /** All of them, in the order a decoder wants: VPS, SPS, PPS. */
  get sets(): readonly Uint8Array[] {
    return [...this.#kinds.values()].flatMap((kind) => [...kind.values()]);
  }

  /** Every kind is there: a key frame can be decoded. */
  get complete(): boolean {
    return [...this.#kinds.values()].every((kind) => kind.size > 0);
  }

  /** The newest SPS says that frames are shown in another order than decoded. */
  get reorders(): boolean {
    return this.#reorders;
  }

  /**
   * Returns whether anything changed. A damaged set is ignored and the previous one is kept. With `replaces`, all known sets of
   * its kind are forgotten first: the first SPS of a key frame replaces all earlier ones.
   */
  add(nal: Uint8Array, replaces: boolean): boolean {
    const kind = this.#kinds.get(this.#codec === 'h264' ? h264NalType(nal) : h265NalType(nal));
    const id = kind && nal.length <= MAX_SET_BYTES ? this.#validId(nal) : undefined;
    if (!kind || id === undefined) return false;
    const known = kind.get(id);
    const same = known !== undefined && Buffer.compare(known, nal) === 0;
    if (same && !(replaces && kind.size > 1)) return false;
    if (replaces) kind.clear();
    kind.delete(id);
    kind.set(id, nal);
    const [oldest] = kind.keys();
    if (kind.size > MAX_PER_KIND && oldest !== undefined) kind.delete(oldest);
    return !same;
  }

  #validId(nal: Uint8Array): number | undefined {
    try {
      return this.#codec === 'h264' ? this.#h264Id(nal) : this.#h265Id(nal);
    } catch (error) {
      if (error instanceof GatewayError) return undefined;
      throw error;
    }
  }

  #h264Id(nal: Uint8Array): number {
    if (h264NalType(nal) === H264_NAL.pps) return new BitReader(nal.subarray(1)).unsignedGolomb();
    const sps = parseH264Sps(nal);
    this.#reorders = sps.hasBFrames === true;
    return sps.id;
  }

  #h265Id(nal: Uint8Array): number {
    const type = h265NalType(nal);
    if (type === H265_NAL.vps) return new BitReader(nal.subarray(2)).bits(4);
    if (type === H265_NAL.pps) return new BitReader(nal.subarray(2)).unsignedGolomb();
    const sps = parseH265Sps(nal);
    this.#reorders = sps.hasBFrames;
    return sps.id;
  }
}
