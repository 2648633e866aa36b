const FPS = 25;
const BYTES_PER_SECOND = 500_000;
/** A key frame has as many bytes as this many other frames. */
const KEY_FRAME_WEIGHT = 6;
const PARAMETER_SETS = ['6742c00cd901419f9f011000000300100000030320f142a480', '68cb83cb20'];

/** Access units of a 4 Mbit/s camera with a key frame every `group` pictures. Nobody decodes them. Only their sizes are realistic. */
export function fourMegabitFrames(group: number): Uint8Array[][] {
  const share = (BYTES_PER_SECOND * group) / FPS / (group - 1 + KEY_FRAME_WEIGHT);
  return Array.from({ length: group }, (_, index) => {
    const slice = new Uint8Array(Math.round(index === 0 ? share * KEY_FRAME_WEIGHT : share)).fill(0xa7);
    slice[0] = index === 0 ? 0x65 : 0x41;
    return index === 0 ? [...PARAMETER_SETS.map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))), slice] : [slice];
  });
}
