import { GatewayError } from '../../platform/errors.ts';
import { childBox, childBoxes, readUint64 } from './mp4-box-reader.ts';
import type { Mp4Sample } from './mp4-sample-table.ts';

/** The defaults from `trex` for samples that a fragment does not describe itself. */
export type FragmentDefaults = {
  readonly description: number;
  readonly durationTicks: number;
  readonly bytes: number;
  readonly flags: number;
};

const BASE_OFFSET_PRESENT = 0x1;
const DESCRIPTION_PRESENT = 0x2;
const DEFAULT_DURATION_PRESENT = 0x8;
const DEFAULT_SIZE_PRESENT = 0x10;
const DEFAULT_FLAGS_PRESENT = 0x20;
const DATA_OFFSET_PRESENT = 0x1;
const FIRST_FLAGS_PRESENT = 0x4;
const DURATION_PRESENT = 0x100;
const SIZE_PRESENT = 0x200;
const FLAGS_PRESENT = 0x400;
const COMPOSITION_PRESENT = 0x800;
const IS_NON_SYNC = 0x1_0000;

export function readFragmentDefaults(moov: DataView): ReadonlyMap<number, FragmentDefaults> {
  const movieExtends = childBox(moov, 'mvex');
  const boxes = movieExtends ? childBoxes(movieExtends, 'trex') : [];
  return new Map(
    boxes.map((trex) => {
      const [description, durationTicks] = [trex.getUint32(8), trex.getUint32(12)];
      return [trex.getUint32(4), { description, durationTicks, bytes: trex.getUint32(16), flags: trex.getUint32(20) }];
    }),
  );
}

/** The samples of one `traf`; `moofAt` is where its `moof` begins in the file (ISO 14496-12 clause 8.8). */
export function readTrackFragment(
  traf: DataView,
  moofAt: number,
  defaultsOf: ReadonlyMap<number, FragmentDefaults>,
): { trackId: number; samples: Mp4Sample[] } {
  const tfhd = childBox(traf, 'tfhd');
  if (!tfhd) throw new GatewayError('bad-data', 'This MP4 has a track fragment without a header.');
  const trackId = tfhd.getUint32(4);
  const { baseOffset, defaults } = readHeader(tfhd, moofAt, defaultsOf.get(trackId));
  const tfdt = childBox(traf, 'tfdt');
  let decodeTicks = tfdt ? (tfdt.getUint8(0) === 1 ? readUint64(tfdt, 4) : tfdt.getUint32(4)) : 0;
  const samples: Mp4Sample[] = [];
  let offset = baseOffset;
  for (const trun of childBoxes(traf, 'trun')) {
    for (const sample of readRun(trun, baseOffset, offset, decodeTicks, defaults)) {
      samples.push(sample.sample);
      decodeTicks += sample.durationTicks;
      offset = sample.sample.offset + sample.sample.bytes;
    }
  }
  return { trackId, samples };
}

function readHeader(tfhd: DataView, moofAt: number, known: FragmentDefaults | undefined) {
  const flags = tfhd.getUint32(0);
  let at = 8;
  const next = (): number => {
    at += 4;
    return tfhd.getUint32(at - 4);
  };
  const baseOffset = flags & BASE_OFFSET_PRESENT ? next() * 2 ** 32 + next() : moofAt;
  const description = flags & DESCRIPTION_PRESENT ? next() : (known?.description ?? 1);
  const durationTicks = flags & DEFAULT_DURATION_PRESENT ? next() : (known?.durationTicks ?? 0);
  const bytes = flags & DEFAULT_SIZE_PRESENT ? next() : (known?.bytes ?? 0);
  const sampleFlags = flags & DEFAULT_FLAGS_PRESENT ? next() : (known?.flags ?? 0);
  return { baseOffset, defaults: { description, durationTicks, bytes, flags: sampleFlags } };
}

function* readRun(
  trun: DataView,
  baseOffset: number,
  offsetSoFar: number,
  startTicks: number,
  defaults: FragmentDefaults,
): Generator<{ sample: Mp4Sample; durationTicks: number }> {
  const flags = trun.getUint32(0);
  const count = trun.getUint32(4);
  let at = 8;
  const next = (isPresent: number, otherwise: number): number => {
    if (!isPresent) return otherwise;
    at += 4;
    return trun.getInt32(at - 4);
  };
  let offset = flags & DATA_OFFSET_PRESENT ? baseOffset + next(1, 0) : offsetSoFar;
  const firstFlags = next(flags & FIRST_FLAGS_PRESENT, defaults.flags);
  let decodeTicks = startTicks;
  for (let index = 0; index < count; index++) {
    const durationTicks = next(flags & DURATION_PRESENT, defaults.durationTicks) >>> 0;
    const bytes = next(flags & SIZE_PRESENT, defaults.bytes) >>> 0;
    const sampleFlags = next(flags & FLAGS_PRESENT, index === 0 ? firstFlags : defaults.flags);
    const presentationTicks = decodeTicks + next(flags & COMPOSITION_PRESENT, 0);
    const sync = (sampleFlags & IS_NON_SYNC) === 0;
    const sample = { offset, bytes, decodeTicks, presentationTicks, sync, description: defaults.description };
    yield { sample, durationTicks };
    offset += bytes;
    decodeTicks += durationTicks;
  }
}
