import { GatewayError } from '../../platform/errors.ts';
import { BitReader, withoutEmulationPrevention } from '../bit-reader.ts';
import { H264_NAL, h264NalType } from './h264.ts';

/** The parts of a sequence parameter set that are needed here (H.264 clause 7.3.2.1.1). */
export type H264Sps = {
  readonly id: number;
  readonly profileIdc: number;
  /** The byte with constraint_set0_flag in its top bit. */
  readonly constraintFlags: number;
  readonly levelIdc: number;
  /** RFC 6381, such as avc1.640028 */
  readonly codecString: string;
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** After cropping. */
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond?: number;
  /** Frames that may be shown later than a frame decoded after them; absent when the stream does not say. */
  readonly reorderFrames?: number;
  /** False when B-frames are impossible, true when pictures are reordered, absent when the stream does not say. */
  readonly hasBFrames?: boolean;
};

const HIGH_PROFILES: ReadonlySet<number> = new Set([44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244]);
const BASELINE = 66;
const EXTENDED_ASPECT_RATIO = 255;
/** This is larger than any level allows. A parameter set that says more is damaged. */
const MAX_SIDE = 16_384;

/** Parses a whole NAL unit. Bytes behind the parameter set (some Reolink send one) do no harm. */
export function parseH264Sps(nal: Uint8Array): H264Sps {
  if (h264NalType(nal) !== H264_NAL.sps) throw new GatewayError('bad-data', 'This is not an H.264 parameter set.');
  const reader = new BitReader(withoutEmulationPrevention(nal.subarray(1)));
  const profileIdc = reader.bits(8);
  const constraintFlags = reader.bits(8);
  const levelIdc = reader.bits(8);
  const id = reader.unsignedGolomb();
  const chroma = HIGH_PROFILES.has(profileIdc) ? parseChroma(reader) : { formatIdc: 1, depthLuma: 8, depthChroma: 8 };
  reader.unsignedGolomb(); // log2_max_frame_num_minus4
  const pocType = reader.unsignedGolomb();
  skipPictureOrderCount(reader, pocType);
  reader.unsignedGolomb(); // max_num_ref_frames
  reader.flag(); // gaps_in_frame_num_value_allowed_flag
  const size = parseSize(reader, chroma.formatIdc);
  const vui = parseVui(reader);
  const canReorder = profileIdc !== BASELINE && pocType !== 2;
  const reorderFrames = canReorder ? vui.reorderFrames : 0;
  return {
    id,
    profileIdc,
    constraintFlags,
    levelIdc,
    codecString: h264CodecString(nal),
    chromaFormatIdc: chroma.formatIdc,
    bitDepthLuma: chroma.depthLuma,
    bitDepthChroma: chroma.depthChroma,
    ...size,
    ...(vui.framesPerSecond === undefined ? {} : { framesPerSecond: vui.framesPerSecond }),
    ...(reorderFrames === undefined ? {} : { reorderFrames, hasBFrames: reorderFrames > 0 }),
  };
}

/** RFC 6381 clause 3.3: the three bytes behind the NAL header. */
function h264CodecString(sps: Uint8Array): string {
  return `avc1.${Buffer.from(sps.subarray(1, 4)).toString('hex')}`;
}

function parseChroma(reader: BitReader): { formatIdc: number; depthLuma: number; depthChroma: number } {
  const formatIdc = reader.unsignedGolomb();
  if (formatIdc > 3) throw new GatewayError('bad-data', 'An H.264 parameter set names an unknown chroma format.');
  if (formatIdc === 3) reader.flag(); // separate_colour_plane_flag
  const depthLuma = 8 + reader.unsignedGolomb();
  const depthChroma = 8 + reader.unsignedGolomb();
  reader.flag(); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) {
    const lists = formatIdc === 3 ? 12 : 8;
    for (let list = 0; list < lists; list++) if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
  }
  return { formatIdc, depthLuma, depthChroma };
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let entry = 0; entry < size; entry++) {
    if (next !== 0) next = (last + reader.signedGolomb() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipPictureOrderCount(reader: BitReader, type: number): void {
  if (type === 0) reader.unsignedGolomb(); // log2_max_pic_order_cnt_lsb_minus4
  if (type !== 1) return;
  reader.flag();
  reader.signedGolomb();
  reader.signedGolomb();
  const cycle = reader.unsignedGolomb();
  if (cycle > 255) throw new GatewayError('bad-data', 'An H.264 parameter set holds an impossible number.');
  for (let index = 0; index < cycle; index++) reader.signedGolomb();
}

function parseSize(reader: BitReader, chromaFormatIdc: number): { width: number; height: number } {
  const widthInMacroblocks = reader.unsignedGolomb() + 1;
  const heightInMapUnits = reader.unsignedGolomb() + 1;
  const framesOnly = reader.flag();
  if (!framesOnly) reader.flag(); // mb_adaptive_frame_field_flag
  reader.flag(); // direct_8x8_inference_flag
  const fields = framesOnly ? 1 : 2;
  let width = widthInMacroblocks * 16;
  let height = heightInMapUnits * 16 * fields;
  if (reader.flag()) {
    const unitX = chromaFormatIdc === 1 || chromaFormatIdc === 2 ? 2 : 1;
    const unitY = (chromaFormatIdc === 1 ? 2 : 1) * fields;
    width -= (reader.unsignedGolomb() + reader.unsignedGolomb()) * unitX;
    height -= (reader.unsignedGolomb() + reader.unsignedGolomb()) * unitY;
  }
  if (width <= 0 || height <= 0 || width > MAX_SIDE || height > MAX_SIDE)
    throw new GatewayError('bad-data', 'An H.264 parameter set describes an impossible picture size.');
  return { width, height };
}

type Vui = { framesPerSecond?: number; reorderFrames?: number };

/** Usability information (clause E.1.1). It is optional and cameras cut it off, so what can be read is kept. */
function parseVui(reader: BitReader): Vui {
  const vui: Vui = {};
  try {
    if (!reader.flag()) return vui;
    skipPictureDescription(reader);
    if (reader.flag()) {
      const unitsInTick = reader.bits(32);
      const timeScale = reader.bits(32);
      reader.flag(); // fixed_frame_rate_flag
      if (unitsInTick > 0 && timeScale > 0) vui.framesPerSecond = timeScale / (2 * unitsInTick);
    }
    const hasNalHrd = reader.flag();
    if (hasNalHrd) skipHrd(reader);
    const hasVclHrd = reader.flag();
    if (hasVclHrd) skipHrd(reader);
    if (hasNalHrd || hasVclHrd) reader.flag(); // low_delay_hrd_flag
    reader.flag(); // pic_struct_present_flag
    if (reader.flag()) {
      reader.flag(); // motion_vectors_over_pic_boundaries_flag
      for (let field = 0; field < 4; field++) reader.unsignedGolomb();
      const reorderFrames = reader.unsignedGolomb();
      reader.unsignedGolomb(); // max_dec_frame_buffering
      vui.reorderFrames = reorderFrames;
    }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
  }
  return vui;
}

function skipPictureDescription(reader: BitReader): void {
  if (reader.flag() && reader.bits(8) === EXTENDED_ASPECT_RATIO) reader.skip(32);
  if (reader.flag()) reader.flag(); // overscan
  if (reader.flag()) {
    reader.skip(4); // video_format, video_full_range_flag
    if (reader.flag()) reader.skip(24);
  }
  if (reader.flag()) {
    reader.unsignedGolomb();
    reader.unsignedGolomb();
  }
}

function skipHrd(reader: BitReader): void {
  const count = reader.unsignedGolomb() + 1;
  if (count > 32) throw new GatewayError('bad-data', 'An H.264 parameter set holds an impossible number.');
  reader.skip(8);
  for (let index = 0; index < count; index++) {
    reader.unsignedGolomb();
    reader.unsignedGolomb();
    reader.flag();
  }
  reader.skip(20);
}
