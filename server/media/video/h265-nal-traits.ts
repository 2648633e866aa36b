import { H265_NAL, h265NalType, isH265RandomAccess, isH265Slice, startsH265Picture } from './h265.ts';
import { IGNORED, isRecoveryPoint, type NalTraits, PREFIX, RECOVERY_POINT, sliceTraits } from './nal-traits.ts';

const SPS: NalTraits = { kind: 'parameter-set', isSps: true };
const VPS_OR_PPS: NalTraits = { kind: 'parameter-set', isSps: false };

/** The SPS says whether frames are reordered, so slices need not be examined. */
export function h265NalTraits(nal: Uint8Array): NalTraits {
  const type = h265NalType(nal);
  if (isH265Slice(type)) return sliceTraits(startsH265Picture(nal), isH265RandomAccess(type), false);
  switch (type) {
    case H265_NAL.sps:
      return SPS;
    case H265_NAL.vps:
    case H265_NAL.pps:
      return VPS_OR_PPS;
    case H265_NAL.prefixSei:
      return isRecoveryPoint(nal, 2) ? RECOVERY_POINT : PREFIX;
    case H265_NAL.accessUnitDelimiter:
      return PREFIX;
    default:
      return IGNORED;
  }
}
