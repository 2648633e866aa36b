import { GatewayError } from '../../platform/errors.ts';
import type { BitReader } from '../bit-reader.ts';

const MAX_REFERENCE_SETS = 64;
const MAX_PICTURES = 16;
const EXTENDED_ASPECT_RATIO = 255;

/** st_ref_pic_set of every set (H.265 clause 7.3.7); only its length matters here. */
export function skipShortTermReferenceSets(reader: BitReader): void {
  const count = reader.unsignedGolomb();
  if (count > MAX_REFERENCE_SETS) throw new GatewayError('bad-data', 'An H.265 parameter set holds impossible values.');
  let pictures = 0;
  for (let set = 0; set < count; set++) pictures = skipReferenceSet(reader, set, pictures);
}

/** Returns how many pictures the set refers to, which the next one may be predicted from. */
function skipReferenceSet(reader: BitReader, index: number, previousPictures: number): number {
  if (index > 0 && reader.flag()) {
    reader.flag(); // delta_rps_sign
    reader.unsignedGolomb(); // abs_delta_rps_minus1
    let pictures = 0;
    for (let picture = 0; picture <= previousPictures; picture++) {
      const used = reader.flag();
      if (used || reader.flag()) pictures++;
    }
    return pictures;
  }
  const pictures = reader.unsignedGolomb() + reader.unsignedGolomb();
  if (pictures > MAX_PICTURES) throw new GatewayError('bad-data', 'An H.265 parameter set holds impossible values.');
  for (let picture = 0; picture < pictures; picture++) {
    reader.unsignedGolomb();
    reader.flag();
  }
  return pictures;
}

/** vui_parameters up to the timing information (clause E.2.1). */
export function readH265FramesPerSecond(reader: BitReader): number | undefined {
  if (reader.flag() && reader.bits(8) === EXTENDED_ASPECT_RATIO) reader.skip(32);
  if (reader.flag()) reader.flag(); // overscan
  if (reader.flag()) {
    reader.skip(4);
    if (reader.flag()) reader.skip(24);
  }
  if (reader.flag()) {
    reader.unsignedGolomb();
    reader.unsignedGolomb();
  }
  reader.skip(3); // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
  if (reader.flag()) for (let edge = 0; edge < 4; edge++) reader.unsignedGolomb(); // default display window
  if (!reader.flag()) return undefined;
  const unitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  return unitsInTick > 0 && timeScale > 0 ? timeScale / unitsInTick : undefined;
}
