import type { VideoCodec } from '../../../shared/camera.ts';

/** How a codec's NAL units are aggregated and cut in RTP payloads: RFC 6184 for H.264, RFC 7798 for H.265. */
export type RtpPayloadFormat = {
  readonly codec: VideoCodec;
  readonly nalHeaderBytes: number;
  readonly fragmentHeaderBytes: number;
  /** Header of a STAP-A (H.264) or AP (H.265) that carries the NAL units from `first` to before `end`. */
  writeAggregateHeader(
    target: Uint8Array,
    offset: number,
    nals: readonly Uint8Array[],
    first: number,
    end: number,
  ): void;
  /** Header of a FU-A (H.264) or FU (H.265): what replaces the NAL unit's own header in every fragment. */
  writeFragmentHeader(target: Uint8Array, offset: number, nal: Uint8Array, isFirst: boolean, isLast: boolean): void;
};

const H264_STAP_A = 24;
const H264_FU_A = 28;
const H265_AP = 48;
const H265_FU = 49;
const START = 0x80;
const END = 0x40;

const h264: RtpPayloadFormat = {
  codec: 'h264',
  nalHeaderBytes: 1,
  fragmentHeaderBytes: 2,
  writeAggregateHeader(target, offset, nals, first, end) {
    let forbidden = 0;
    let importance = 0;
    for (let index = first; index < end; index++) {
      const header = (nals[index] as Uint8Array)[0] as number;
      forbidden |= header & 0x80;
      importance = Math.max(importance, header & 0x60);
    }
    target[offset] = forbidden | importance | H264_STAP_A;
  },
  writeFragmentHeader(target, offset, nal, isFirst, isLast) {
    const header = nal[0] as number;
    target[offset] = (header & 0xe0) | H264_FU_A;
    target[offset + 1] = (isFirst ? START : 0) | (isLast ? END : 0) | (header & 0x1f);
  },
};

const h265: RtpPayloadFormat = {
  codec: 'h265',
  nalHeaderBytes: 2,
  fragmentHeaderBytes: 3,
  writeAggregateHeader(target, offset, nals, first, end) {
    let layer = 63;
    let temporal = 7;
    for (let index = first; index < end; index++) {
      const nal = nals[index] as Uint8Array;
      const second = nal[1] as number;
      layer = Math.min(layer, (((nal[0] as number) & 1) << 5) | (second >> 3));
      temporal = Math.min(temporal, second & 7);
    }
    target[offset] = (H265_AP << 1) | (layer >> 5);
    target[offset + 1] = ((layer & 31) << 3) | temporal;
  },
  writeFragmentHeader(target, offset, nal, isFirst, isLast) {
    const first = nal[0] as number;
    target[offset] = (first & 0x81) | (H265_FU << 1);
    target[offset + 1] = nal[1] as number;
    target[offset + 2] = (isFirst ? START : 0) | (isLast ? END : 0) | ((first >> 1) & 63);
  },
};

export function rtpPayloadFormat(codec: VideoCodec): RtpPayloadFormat {
  return codec === 'h264' ? h264 : h265;
}
