import { GatewayError } from '../../platform/errors.ts';
import { BitReader } from '../bit-reader.ts';
import { H264_NAL, h264NalType, startsH264Picture } from './h264.ts';
import { IGNORED, isRecoveryPoint, type NalTraits, PREFIX, RECOVERY_POINT, sliceTraits } from './nal-traits.ts';

const SPS: NalTraits = { kind: 'parameter-set', isSps: true };
const PPS: NalTraits = { kind: 'parameter-set', isSps: false };
const PARTITION_B_OR_C = sliceTraits(false, false, false);
const B_SLICE = 1;
/** Two Exp-Golomb numbers fit: first_mb_in_slice of the largest level and slice_type. */
const SLICE_HEADER_BYTES = 10;

export function h264NalTraits(nal: Uint8Array): NalTraits {
  const type = h264NalType(nal);
  switch (type) {
    case H264_NAL.slice:
    case H264_NAL.partitionA:
      return sliceTraits(startsH264Picture(nal), false, isBSlice(nal));
    case 3:
    case 4:
      return PARTITION_B_OR_C;
    case H264_NAL.idr:
      return sliceTraits(startsH264Picture(nal), true, false);
    case H264_NAL.sei:
      return isRecoveryPoint(nal, 1) ? RECOVERY_POINT : PREFIX;
    case H264_NAL.sps:
      return SPS;
    case H264_NAL.pps:
      return PPS;
    case H264_NAL.accessUnitDelimiter:
      return PREFIX;
    default:
      return IGNORED;
  }
}

/** slice_type modulo 5 (table 7-6). */
function isBSlice(nal: Uint8Array): boolean {
  if (nal.length < SLICE_HEADER_BYTES) return false;
  const reader = new BitReader(nal.subarray(1, SLICE_HEADER_BYTES));
  try {
    reader.unsignedGolomb();
    return reader.unsignedGolomb() % 5 === B_SLICE;
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}
