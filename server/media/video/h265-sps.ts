import { GatewayError } from '../../platform/errors.ts';
import { BitReader, withoutEmulationPrevention } from '../bit-reader.ts';
import { H265_NAL, h265NalType } from './h265.ts';
import { type H265Profile, h265CodecString, readH265Profile } from './h265-profile.ts';
import { readH265FramesPerSecond, skipShortTermReferenceSets } from './h265-vui.ts';

/** The parts of a sequence parameter set that are needed here (H.265 clause 7.3.2.2.1). */
export type H265Sps = {
  readonly id: number;
  readonly profile: H265Profile;
  /** RFC 6381, such as hvc1.1.6.L93.B0 */
  readonly codecString: string;
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** After cropping. */
  readonly width: number;
  readonly height: number;
  readonly temporalLayers: number;
  readonly temporalIdNested: boolean;
  readonly framesPerSecond?: number;
  readonly reorderFrames: number;
  readonly hasBFrames: boolean;
};

const MAX_SIDE = 16_384;
const MAX_SUB_LAYERS_MINUS_1 = 6;

/** Parses a whole NAL unit. */
export function parseH265Sps(nal: Uint8Array): H265Sps {
  if (h265NalType(nal) !== H265_NAL.sps) throw new GatewayError('bad-data', 'This is not an H.265 parameter set.');
  const reader = new BitReader(withoutEmulationPrevention(nal.subarray(2)));
  reader.skip(4); // sps_video_parameter_set_id
  const subLayersMinus1 = reader.bits(3);
  if (subLayersMinus1 > MAX_SUB_LAYERS_MINUS_1) throw impossible();
  const temporalIdNested = reader.flag();
  const profile = readH265Profile(reader, subLayersMinus1);
  const id = reader.unsignedGolomb();
  const chromaFormatIdc = reader.unsignedGolomb();
  if (chromaFormatIdc > 3) throw impossible();
  if (chromaFormatIdc === 3) reader.flag(); // separate_colour_plane_flag
  const size = readSize(reader, chromaFormatIdc);
  const bitDepthLuma = 8 + reader.unsignedGolomb();
  const bitDepthChroma = 8 + reader.unsignedGolomb();
  const pocBits = reader.unsignedGolomb() + 4;
  const reorderFrames = readReorder(reader, subLayersMinus1);
  const framesPerSecond = readFrameRate(reader, pocBits);
  return {
    id,
    profile,
    codecString: h265CodecString(profile),
    chromaFormatIdc,
    bitDepthLuma,
    bitDepthChroma,
    ...size,
    temporalLayers: subLayersMinus1 + 1,
    temporalIdNested,
    ...(framesPerSecond === undefined ? {} : { framesPerSecond }),
    reorderFrames,
    hasBFrames: reorderFrames > 0,
  };
}

function readSize(reader: BitReader, chromaFormatIdc: number): { width: number; height: number } {
  let width = reader.unsignedGolomb();
  let height = reader.unsignedGolomb();
  if (reader.flag()) {
    const unitX = chromaFormatIdc === 1 || chromaFormatIdc === 2 ? 2 : 1;
    const unitY = chromaFormatIdc === 1 ? 2 : 1;
    width -= (reader.unsignedGolomb() + reader.unsignedGolomb()) * unitX;
    height -= (reader.unsignedGolomb() + reader.unsignedGolomb()) * unitY;
  }
  if (width <= 0 || height <= 0 || width > MAX_SIDE || height > MAX_SIDE) throw impossible();
  return { width, height };
}

/** The value of the highest sub-layer is the one for the whole stream. */
function readReorder(reader: BitReader, subLayersMinus1: number): number {
  const perLayer = reader.flag();
  let reorder = 0;
  for (let layer = perLayer ? 0 : subLayersMinus1; layer <= subLayersMinus1; layer++) {
    reader.unsignedGolomb(); // sps_max_dec_pic_buffering_minus1
    reorder = reader.unsignedGolomb();
    reader.unsignedGolomb(); // sps_max_latency_increase_plus1
  }
  return reorder;
}

/** The frame rate stands at the very end and is optional, so whatever breaks on the way there costs only the frame rate. */
function readFrameRate(reader: BitReader, pocBits: number): number | undefined {
  try {
    for (let field = 0; field < 6; field++) reader.unsignedGolomb(); // block sizes and transform depths
    if (reader.flag() && reader.flag()) skipScalingLists(reader);
    reader.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if (reader.flag()) {
      reader.skip(8); // pcm bit depths
      reader.unsignedGolomb();
      reader.unsignedGolomb();
      reader.flag();
    }
    skipShortTermReferenceSets(reader);
    if (reader.flag()) {
      const count = reader.unsignedGolomb();
      if (count > 32) throw impossible();
      reader.skip(count * (pocBits + 1));
    }
    reader.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
    return reader.flag() ? readH265FramesPerSecond(reader) : undefined;
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** Clause 7.3.4. */
function skipScalingLists(reader: BitReader): void {
  for (let sizeId = 0; sizeId < 4; sizeId++) {
    for (let matrix = 0; matrix < 6; matrix += sizeId === 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.unsignedGolomb();
        continue;
      }
      if (sizeId > 1) reader.signedGolomb();
      const coefficients = Math.min(64, 1 << (4 + sizeId * 2));
      for (let index = 0; index < coefficients; index++) reader.signedGolomb();
    }
  }
}

function impossible(): GatewayError {
  return new GatewayError('bad-data', 'An H.265 parameter set holds impossible values.');
}
