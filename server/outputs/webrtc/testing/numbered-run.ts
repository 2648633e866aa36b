import { MAX_RUN_BYTES, PacketRun } from '../../../protocols/srtp/packet-run.ts';

const HEADER_BYTES = 12;
const run = new PacketRun({ bytes: new Uint8Array(MAX_RUN_BYTES), address: 0 }, 20);

/** Fills the one shared run with packets of these lengths. Each is filled with its number, counted from `first`. */
export function numberedRun(first: number, lengths: readonly number[]): PacketRun {
  run.block.bytes.fill(0);
  run.begin(run.block, HEADER_BYTES, 0, 1);
  lengths.forEach((length, index) => {
    const at = run.add(0, length - HEADER_BYTES, index, 0);
    run.block.bytes.fill(first + index, at, at + length);
  });
  return run;
}
