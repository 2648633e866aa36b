import type { VideoCodec } from '../../../shared/camera.ts';
import { GatewayError } from '../../platform/errors.ts';
import { H264_NAL, h264NalType } from './h264.ts';
import { type H264Sps, parseH264Sps } from './h264-sps.ts';
import { H265_NAL, h265NalType } from './h265.ts';
import { type H265Sps, parseH265Sps } from './h265-sps.ts';

type FormatOf<Codec extends VideoCodec, Sps> = {
  readonly codec: Codec;
  readonly sps: Sps;
  /** The parameter sets as they came, for the decoder's configuration. */
  readonly parameterSets: readonly Uint8Array[];
};

/** A picture's format as its own parameter sets tell it. */
export type VideoFormat = FormatOf<'h264', H264Sps> | FormatOf<'h265', H265Sps>;

/** Throws `bad-data` when the sets hold no sequence parameter set or one that cannot be read. */
export function readVideoFormat(codec: VideoCodec, parameterSets: readonly Uint8Array[]): VideoFormat {
  const isSps = (nal: Uint8Array): boolean =>
    codec === 'h264' ? h264NalType(nal) === H264_NAL.sps : h265NalType(nal) === H265_NAL.sps;
  const sps = parameterSets.find(isSps);
  if (!sps) throw new GatewayError('bad-data', 'The camera sent a key frame without its parameter sets.');
  if (codec === 'h264') return { codec, sps: parseH264Sps(sps), parameterSets };
  return { codec, sps: parseH265Sps(sps), parameterSets };
}
