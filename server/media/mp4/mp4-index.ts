import { box, fullBox, uint32, uint32List, writeUint64 } from './fmp4-boxes.ts';
import { type Fmp4Run, runDataBytes, sampleBytes } from './fmp4-fragment.ts';
import type { InitSegment } from './fmp4-init.ts';
import type { MediaFragment } from './fmp4-muxer.ts';
import type { SampleEntry } from './fmp4-sample-entry.ts';
import { AUDIO_TRACK_ID, MOVIE_TIMESCALE, serializeMovieHeader, serializeTrack, VIDEO_TRACK_ID } from './mp4-track.ts';

/** Samples that lie one behind the other in the file. */
type Chunk = { readonly offset: number; readonly samples: number; readonly entry: number };

/** The `moov` of a finished file (ISO 14496-12 clause 8.6), gathered while its fragments are written. */
export class Mp4Index {
  readonly #tracks = new Map<number, TrackIndex>();
  #size: { readonly width: number; readonly height: number } = { width: 0, height: 0 };

  /** `offset` is where the fragment begins in the file. */
  add(fragment: MediaFragment, offset: number): void {
    const dataBytes = fragment.runs.reduce((sum, run) => sum + runDataBytes(run), 0);
    let at = offset + fragment.bytes.length - dataBytes;
    if (this.#size.width === 0) this.#size = fragment.init;
    for (const run of fragment.runs) {
      const entry = entryOf(run, fragment.init);
      const track = this.#tracks.get(run.trackId) ?? new TrackIndex(entry.timescale);
      this.#tracks.set(run.trackId, track);
      track.add(run, entry, at);
      at += runDataBytes(run);
    }
  }

  /** How long the picture lasts. */
  get durationMs(): number {
    return this.#tracks.get(VIDEO_TRACK_ID)?.durationMs ?? 0;
  }

  serialize(): Uint8Array {
    const longestMs = Math.max(0, ...[...this.#tracks.values()].map((track) => track.endMs));
    const tracks = [...this.#tracks].sort(([a], [b]) => a - b);
    return box(
      'moov',
      serializeMovieHeader(Math.round(longestMs)),
      ...tracks.map(([id, track]) => this.#track(id, track)),
    );
  }

  #track(id: number, track: TrackIndex): Uint8Array {
    const isVideo = id === VIDEO_TRACK_ID;
    return serializeTrack({
      id,
      kind: isVideo ? 'video' : 'audio',
      timescale: track.timescale,
      ...(isVideo ? this.#size : { width: 0, height: 0 }),
      durationTicks: track.durationTicks,
      edits: track.edits(),
      sampleTable: track.sampleTable(),
    });
  }
}

class TrackIndex {
  readonly timescale: number;
  readonly #entries: SampleEntry[] = [];
  readonly #chunks: Chunk[] = [];
  readonly #sizes: number[] = [];
  readonly #decodeTicks: number[] = [];
  readonly #compositionTicks: number[] = [];
  readonly #syncSamples: number[] = [];
  #lastDurationTicks = 0;

  constructor(timescale: number) {
    this.timescale = timescale;
  }

  add(run: Fmp4Run, entry: SampleEntry, offset: number): void {
    if (this.#entries.at(-1) !== entry) this.#entries.push(entry);
    this.#chunks.push({ offset, samples: run.samples.length, entry: this.#entries.length });
    let decodeTicks = run.baseTicks;
    for (const sample of run.samples) {
      this.#sizes.push(sampleBytes(sample, run.nalUnits));
      this.#decodeTicks.push(decodeTicks);
      this.#compositionTicks.push(sample.compositionTicks);
      if (sample.sync) this.#syncSamples.push(this.#sizes.length);
      decodeTicks += sample.durationTicks;
      this.#lastDurationTicks = sample.durationTicks;
    }
  }

  get durationTicks(): number {
    return (this.#decodeTicks.at(-1) ?? 0) + this.#lastDurationTicks - (this.#decodeTicks[0] ?? 0);
  }

  get durationMs(): number {
    return (this.durationTicks / this.timescale) * MOVIE_TIMESCALE;
  }

  get endMs(): number {
    return this.#startMs + this.durationMs;
  }

  get #startMs(): number {
    return (((this.#decodeTicks[0] ?? 0) + (this.#compositionTicks[0] ?? 0)) / this.timescale) * MOVIE_TIMESCALE;
  }

  /** The edit list: nothing is shown until the track's first sample, then everything from that sample on (clause 8.6.6). */
  edits(): Uint8Array {
    const startMs = Math.round(this.#startMs);
    const rate = 0x1_0000;
    const empty = startMs > 0 ? [startMs, 0xffff_ffff, rate] : [];
    const whole = [Math.round(this.durationMs), this.#compositionTicks[0] ?? 0, rate];
    return box('edts', fullBox('elst', 0, 0, uint32(empty.length > 0 ? 2 : 1, ...empty, ...whole)));
  }

  sampleTable(): Uint8Array {
    const durations = this.#decodeTicks.map((ticks, index) =>
      index + 1 < this.#decodeTicks.length ? (this.#decodeTicks[index + 1] as number) - ticks : this.#lastDurationTicks,
    );
    const isReordered = this.#compositionTicks.some((ticks) => ticks !== 0);
    const allSync = this.#syncSamples.length === this.#sizes.length;
    const entries = this.#entries.map((entry) => entry.bytes);
    return box(
      'stbl',
      fullBox('stsd', 0, 0, uint32(entries.length), ...entries),
      fullBox('stts', 0, 0, runLengths(durations)),
      ...(isReordered ? [fullBox('ctts', 1, 0, runLengths(this.#compositionTicks))] : []),
      ...(allSync ? [] : [fullBox('stss', 0, 0, uint32(this.#syncSamples.length), uint32List(this.#syncSamples))]),
      fullBox('stsc', 0, 0, sampleToChunk(this.#chunks)),
      fullBox('stsz', 0, 0, uint32(0, this.#sizes.length), uint32List(this.#sizes)),
      fullBox('co64', 0, 0, chunkOffsets(this.#chunks)),
    );
  }
}

function entryOf(run: Fmp4Run, init: InitSegment): SampleEntry {
  return run.trackId === AUDIO_TRACK_ID && init.audioEntry ? init.audioEntry : init.videoEntry;
}

/** Writes the number of pairs and then the pairs, each a count and a value. */
function runLengths(values: readonly number[]): Uint8Array {
  const pairs: number[] = [];
  for (const value of values) {
    if (pairs.length > 0 && pairs.at(-1) === value) (pairs[pairs.length - 2] as number)++;
    else pairs.push(1, value);
  }
  return uint32List([pairs.length / 2, ...pairs]);
}

/** Clause 8.7.4: one entry where the number of samples or their description changes. */
function sampleToChunk(chunks: readonly Chunk[]): Uint8Array {
  const entries: number[] = [];
  for (const [index, { samples, entry }] of chunks.entries()) {
    const before = chunks[index - 1];
    if (before?.samples !== samples || before.entry !== entry) entries.push(index + 1, samples, entry);
  }
  return uint32List([entries.length / 3, ...entries]);
}

function chunkOffsets(chunks: readonly Chunk[]): Uint8Array {
  const bytes = new Uint8Array(4 + chunks.length * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, chunks.length);
  for (const [index, { offset }] of chunks.entries()) writeUint64(view, 4 + index * 8, offset);
  return bytes;
}
