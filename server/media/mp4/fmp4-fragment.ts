import { writeBoxHeader, writeUint64 } from './fmp4-boxes.ts';
import { readUint64 } from './mp4-box-reader.ts';

/** One picture or one run of sound, as a track fragment lists it. */
export type Fmp4Sample = {
  readonly data: readonly Uint8Array[];
  readonly durationTicks: number;
  /** Presentation minus decode time. */
  readonly compositionTicks: number;
  readonly sync: boolean;
};

export type Fmp4Run = {
  readonly trackId: number;
  /** Decode time of the first sample. */
  readonly baseTicks: number;
  /** Every element of a sample's data is a NAL unit and gets its length in front. */
  readonly nalUnits: boolean;
  readonly samples: readonly Fmp4Sample[];
};

const MFHD_BYTES = 16;
const TRAF_FIXED_BYTES = 8 + 16 + 20 + 20; // traf, tfhd, tfdt, trun
const TRUN_SAMPLE_BYTES = 16;
const DEFAULT_BASE_IS_MOOF = 0x02_0000;
/** Data offset; duration, size, flags and composition time of each sample. */
const TRUN_FLAGS = 0x00_0f01;
const SYNC_SAMPLE = 0x0200_0000;
const DEPENDENT_SAMPLE = 0x0101_0000;

/** One moof and its mdat in one buffer (ISO 14496-12 clause 8.8): the unit that every fMP4 output passes on as it is. */
export function serializeFragment(sequence: number, runs: readonly Fmp4Run[]): Uint8Array {
  const moofBytes = runs.reduce((sum, run) => sum + trafBytes(run), 8 + MFHD_BYTES);
  const dataBytes = runs.reduce((sum, run) => sum + runDataBytes(run), 0);
  const bytes = new Uint8Array(moofBytes + 8 + dataBytes);
  const view = new DataView(bytes.buffer);
  writeBoxHeader(view, 0, moofBytes, 'moof');
  writeBoxHeader(view, 8, MFHD_BYTES, 'mfhd');
  view.setUint32(20, sequence);
  writeBoxHeader(view, moofBytes, 8 + dataBytes, 'mdat');
  let at = 8 + MFHD_BYTES;
  let dataAt = moofBytes + 8;
  for (const run of runs) {
    writeTraf(view, at, run, dataAt);
    at += trafBytes(run);
    dataAt = writeData(bytes, view, dataAt, run);
  }
  return bytes;
}

function writeTraf(view: DataView, start: number, run: Fmp4Run, dataOffset: number): void {
  writeBoxHeader(view, start, trafBytes(run), 'traf');
  writeBoxHeader(view, start + 8, 16, 'tfhd');
  view.setUint32(start + 16, DEFAULT_BASE_IS_MOOF);
  view.setUint32(start + 20, run.trackId);
  writeBoxHeader(view, start + 24, 20, 'tfdt');
  view.setUint32(start + 32, 0x0100_0000);
  writeUint64(view, start + 36, run.baseTicks);
  writeBoxHeader(view, start + 44, 20 + run.samples.length * TRUN_SAMPLE_BYTES, 'trun');
  view.setUint32(start + 52, 0x0100_0000 | TRUN_FLAGS);
  view.setUint32(start + 56, run.samples.length);
  view.setUint32(start + 60, dataOffset);
  let at = start + TRAF_FIXED_BYTES;
  for (const sample of run.samples) {
    view.setUint32(at, sample.durationTicks);
    view.setUint32(at + 4, sampleBytes(sample, run.nalUnits));
    view.setUint32(at + 8, sample.sync ? SYNC_SAMPLE : DEPENDENT_SAMPLE);
    view.setInt32(at + 12, sample.compositionTicks);
    at += TRUN_SAMPLE_BYTES;
  }
}

function writeData(bytes: Uint8Array, view: DataView, start: number, run: Fmp4Run): number {
  let at = start;
  for (const sample of run.samples) {
    for (const part of sample.data) {
      if (run.nalUnits) {
        view.setUint32(at, part.length);
        at += 4;
      }
      bytes.set(part, at);
      at += part.length;
    }
  }
  return at;
}

function trafBytes(run: Fmp4Run): number {
  return TRAF_FIXED_BYTES + run.samples.length * TRUN_SAMPLE_BYTES;
}

export function runDataBytes(run: Fmp4Run): number {
  return run.samples.reduce((sum, sample) => sum + sampleBytes(sample, run.nalUnits), 0);
}

export function sampleBytes(sample: Fmp4Sample, nalUnits: boolean): number {
  return sample.data.reduce((sum, part) => sum + part.length + (nalUnits ? 4 : 0), 0);
}

/** One run in a fragment's header, as `serializeFragment` wrote it. */
export class RunHeader {
  readonly #view: DataView;
  readonly #at: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  get trackId(): number {
    return this.#view.getUint32(this.#at + 20);
  }

  /** The decode time of the first sample. The next two properties also concern the first sample. */
  get decodeTicks(): number {
    return readUint64(this.#view, this.#at + 36);
  }

  set decodeTicks(ticks: number) {
    writeUint64(this.#view, this.#at + 36, ticks);
  }

  get durationTicks(): number {
    return this.#view.getUint32(this.#at + TRAF_FIXED_BYTES);
  }

  set durationTicks(ticks: number) {
    this.#view.setUint32(this.#at + TRAF_FIXED_BYTES, ticks);
  }

  get compositionTicks(): number {
    return this.#view.getInt32(this.#at + TRAF_FIXED_BYTES + 12);
  }

  set compositionTicks(ticks: number) {
    this.#view.setInt32(this.#at + TRAF_FIXED_BYTES + 12, ticks);
  }

  /** Turns this run into free space, so that readers skip it. */
  leaveOut(): void {
    writeBoxHeader(this.#view, this.#at, this.#view.getUint32(this.#at), 'free');
  }
}

/** A fragment in two pieces: a copy of its header, in which `runs` may be changed for one reader, and the data as it is. */
export function splitFragment(fragment: Uint8Array): { header: Uint8Array; runs: RunHeader[]; data: Uint8Array } {
  const headerBytes = new DataView(fragment.buffer, fragment.byteOffset).getUint32(0);
  // `slice` would not do, because a Buffer's `slice` copies nothing.
  const header = Uint8Array.from(fragment.subarray(0, headerBytes));
  const view = new DataView(header.buffer);
  const runs: RunHeader[] = [];
  for (let at = 8 + MFHD_BYTES; at < headerBytes; at += view.getUint32(at)) runs.push(new RunHeader(view, at));
  return { header, runs, data: fragment.subarray(headerBytes) };
}
