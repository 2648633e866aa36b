import type { AccessUnitAssembler } from './access-unit-assembler.ts';
import { indexOfStartCode, splitAnnexB, withoutTrailingZeros } from './annex-b.ts';

/**
 * Hands a rebuilt NAL unit on. V380 and others put several of them with start codes into one packet; a start code cannot
 * occur inside a valid NAL unit.
 */
export function pushNal(assembler: AccessUnitAssembler, nal: Uint8Array, timestamp: number, receivedUs: number): void {
  if (indexOfStartCode(nal) !== -1) {
    for (const unit of splitAnnexB(nal)) assembler.push(unit, timestamp, receivedUs);
    return;
  }
  const unit = withoutTrailingZeros(nal);
  if (unit.length > 0) assembler.push(unit, timestamp, receivedUs);
}
