import { GatewayError } from '../../platform/errors.ts';
import { childBox, readUint64 } from './mp4-box-reader.ts';

/** Where a sample lies in the file, and when it is decoded and shown, in ticks of its track. */
export type Mp4Sample = {
  readonly offset: number;
  readonly bytes: number;
  readonly decodeTicks: number;
  readonly presentationTicks: number;
  readonly sync: boolean;
  /** Counts from 1: which description in `stsd`. */
  readonly description: number;
};

const MAX_SAMPLES = 5_000_000;

/** The samples that an `stbl` lists (ISO 14496-12 clauses 8.6 and 8.7). */
export function readSampleTable(table: DataView): Mp4Sample[] {
  const sizes = readSizes(table);
  const durations = runLengthReader(childBox(table, 'stts'), 0);
  const compositions = runLengthReader(childBox(table, 'ctts'), 0);
  const sync = readSyncSamples(table);
  const places = placesOf(table, sizes);
  let decodeTicks = 0;
  return places.map(({ offset, description }, index) => {
    const sample = {
      offset,
      bytes: sizes[index] as number,
      decodeTicks,
      presentationTicks: decodeTicks + compositions(),
      sync: sync === undefined || sync.has(index + 1),
      description,
    };
    decodeTicks += durations();
    return sample;
  });
}

function readSizes(table: DataView): number[] {
  const stsz = childBox(table, 'stsz');
  if (!stsz) return [];
  const fixed = stsz.getUint32(4);
  const count = stsz.getUint32(8);
  if (count > MAX_SAMPLES) throw new GatewayError('too-large', 'This MP4 has too many samples.');
  return Array.from({ length: count }, (_, index) => (fixed > 0 ? fixed : stsz.getUint32(12 + index * 4)));
}

/** Expands pairs of a count and a value: each call gives the next value. */
function runLengthReader(box: DataView | undefined, otherwise: number): () => number {
  const count = box?.getUint32(4) ?? 0;
  let entry = -1;
  let left = 0;
  return () => {
    while (left === 0 && entry + 1 < count && box) left = box.getUint32(8 + ++entry * 8);
    if (left === 0 || !box) return otherwise;
    left--;
    return box.getInt32(12 + entry * 8);
  };
}

function readSyncSamples(table: DataView): ReadonlySet<number> | undefined {
  const stss = childBox(table, 'stss');
  if (!stss) return undefined;
  const count = Math.min(stss.getUint32(4), MAX_SAMPLES);
  return new Set(Array.from({ length: count }, (_, index) => stss.getUint32(8 + index * 4)));
}

function placesOf(table: DataView, sizes: readonly number[]): { offset: number; description: number }[] {
  const offsets = readChunkOffsets(table);
  const stsc = childBox(table, 'stsc');
  const entries = stsc ? stsc.getUint32(4) : 0;
  const places: { offset: number; description: number }[] = [];
  let entry = 0;
  for (const [chunk, start] of offsets.entries()) {
    while (stsc && entry + 1 < entries && stsc.getUint32(8 + (entry + 1) * 12) <= chunk + 1) entry++;
    if (!stsc || entries === 0) break;
    const perChunk = stsc.getUint32(12 + entry * 12);
    const description = stsc.getUint32(16 + entry * 12);
    let offset = start;
    for (let index = 0; index < perChunk && places.length < sizes.length; index++) {
      places.push({ offset, description });
      offset += sizes[places.length - 1] as number;
    }
  }
  return places;
}

function readChunkOffsets(table: DataView): number[] {
  const large = childBox(table, 'co64');
  const small = childBox(table, 'stco');
  const count = (large ?? small)?.getUint32(4) ?? 0;
  if (count > MAX_SAMPLES) throw new GatewayError('too-large', 'This MP4 has too many chunks.');
  return Array.from({ length: count }, (_, index) =>
    large ? readUint64(large, 8 + index * 8) : (small as DataView).getUint32(8 + index * 4),
  );
}
