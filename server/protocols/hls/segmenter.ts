import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import type { MediaFragment } from '../../media/mp4/fmp4-muxer.ts';

export type HlsPart = {
  readonly startUs: number;
  readonly lastPictureUs: number;
  readonly durationUs: number;
  /** Holds a key frame. */
  readonly independent: boolean;
  /** Written once, sent to everybody. */
  readonly bytes: Uint8Array;
};

/** From one key frame to the next. */
export type HlsSegment = {
  readonly number: number;
  readonly startUs: number;
  readonly init: InitSegment;
  readonly discontinuity: boolean;
  readonly programDateMs: number;
  readonly parts: HlsPart[];
  bytes: number;
  /** Known when the segment is complete. */
  durationUs: number | undefined;
};

type OpenPart = {
  startUs: number;
  lastPictureUs: number;
  endUs: number;
  hasPicture: boolean;
  independent: boolean;
  fragments: Uint8Array[];
};

export type SegmenterOptions = { readonly partMs: number };

/** Key frames closer together than this do not each begin a segment. */
const MIN_SEGMENT_US = 1_000_000;
/** Beyond these a segment ends without a key frame, so that memory stays bounded whatever the camera does. */
const MAX_SEGMENT_BYTES = 24 * 1024 * 1024;
const MAX_SEGMENT_US = 60_000_000;
const MAX_WINDOW_BYTES = 64 * 1024 * 1024;
/** Complete segments in the playlist: six target durations and the one that a delta update may skip. */
const LISTED_SEGMENTS = 7;
/**
 * No segment leaves a playlist that would then be shorter than three target durations (clause 6.2.2). One more, because for
 * those who joined in it a segment is a short recap.
 */
const LISTED_TARGETS = 4;
const MIN_LISTED_US = 13_000_000;
/** Kept a little longer for those who come late. */
const RETIRED_SEGMENTS = 2;
const HOLE_US = 1_000_000;
/**
 * Parts are at most PART-TARGET and at least 85 % of it (clause 4.4.4.9). Cameras stamp with jitter, so the target lies
 * above the usual length.
 */
const PART_TARGET_MARGIN = 1.08;
/** A frame's expected duration swings by an eighth when one is late. */
const OUTGROWN = 1.3;

/** Cuts fragments into parts inside the group of pictures and segments at key frames, and forgets what is old. */
export class Segmenter {
  readonly segments: HlsSegment[] = [];
  /** Of the segments completed so far, rounded; undefined before the first is. */
  longestS: number | undefined;
  /** Fixed with the first part. */
  partTargetUs = 0;
  readonly #partUs: number;
  #open: OpenPart | undefined;
  #last: MediaFragment | undefined;
  #next = 0;
  #firstListed = 0;
  #completedParts = 0;
  #bytes = 0;
  /** Numbers of the segments that begin with a discontinuity and are still listed, behind those that are not. */
  readonly #discontinuities: number[] = [];
  #passedDiscontinuities = 0;

  constructor({ partMs }: SegmenterOptions) {
    this.#partUs = partMs * 1000;
  }

  /** The segment that still grows. */
  get current(): HlsSegment | undefined {
    return this.segments.at(-1);
  }

  /** The part that still grows, as far as it has come. */
  get openFragments(): readonly Uint8Array[] {
    return this.#open?.fragments ?? [];
  }

  /** The newest frame's expected duration. */
  get frameUs(): number {
    return this.#last?.durationUs ?? 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** `wallMs`: when the fragment's picture arrived. True when a part was completed. */
  push(fragment: MediaFragment, wallMs: number): boolean {
    const partsBefore = this.#completedParts;
    if (fragment.hasPicture) this.#pushPicture(fragment, wallMs);
    else this.#open?.fragments.push(fragment.bytes);
    return this.#completedParts !== partsBefore;
  }

  /** Segments in the playlist, the growing one last. */
  listed(): readonly HlsSegment[] {
    return this.segments.filter(({ number }) => number >= this.#firstListed);
  }

  /** Pictures have become so rare that one does not fit into a part any more: what was promised of parts cannot be kept. */
  get isOutgrown(): boolean {
    return this.partTargetUs > 0 && this.frameUs > this.partTargetUs * OUTGROWN;
  }

  /** Before the segment with which a playlist begins (clause 4.4.3.3). */
  discontinuitiesBefore(first: number): number {
    const firstListed = this.listed()[0]?.number ?? 0;
    while ((this.#discontinuities[0] ?? firstListed) < firstListed) {
      this.#discontinuities.shift();
      this.#passedDiscontinuities++;
    }
    return this.#passedDiscontinuities + this.#discontinuities.filter((number) => number < first).length;
  }

  #pushPicture(fragment: MediaFragment, wallMs: number): void {
    const last = this.#last;
    const isHole = last !== undefined && fragment.timeUs - last.timeUs - last.durationUs > HOLE_US;
    const discontinuity = last !== undefined && (isHole || last.init !== fragment.init);
    if (!this.current && !fragment.keyframe) return;
    if (!this.current || this.#beginsSegment(fragment, discontinuity)) {
      this.#closeSegment(discontinuity ? undefined : fragment.timeUs);
      this.#openSegment(fragment, wallMs, discontinuity);
    }
    this.#adjustPartTarget(fragment.durationUs);
    this.#append(fragment);
    this.#last = fragment;
  }

  #beginsSegment(fragment: MediaFragment, discontinuity: boolean): boolean {
    const current = this.current as HlsSegment;
    const lengthUs = fragment.timeUs - current.startUs;
    if (fragment.keyframe) return discontinuity || lengthUs >= MIN_SEGMENT_US;
    return current.bytes > MAX_SEGMENT_BYTES || lengthUs > MAX_SEGMENT_US;
  }

  #append(fragment: MediaFragment): void {
    const endUs = fragment.timeUs + fragment.durationUs;
    if (this.#open?.hasPicture && endUs - this.#open.startUs > this.partTargetUs) this.#closePart(fragment.timeUs);
    this.#open ??= newPart(fragment.timeUs);
    const open = this.#open;
    if (!open.hasPicture) {
      open.startUs = fragment.timeUs;
      open.hasPicture = true;
    }
    open.independent ||= fragment.keyframe;
    open.fragments.push(fragment.bytes);
    open.lastPictureUs = fragment.timeUs;
    open.endUs = endUs;
    // The next picture would not fit: the part is complete now, not when that picture comes.
    if (endUs + fragment.durationUs - open.startUs > this.partTargetUs) this.#closePart(endUs);
  }

  #closePart(endUs: number): void {
    const open = this.#open;
    const segment = this.current;
    if (!open?.hasPicture || !segment) return;
    const durationUs = Math.min(Math.max(endUs - open.startUs, 1000), this.partTargetUs);
    const bytes = Buffer.concat(open.fragments);
    const { startUs, lastPictureUs, independent } = open;
    segment.parts.push({ startUs, lastPictureUs, durationUs, independent, bytes });
    segment.bytes += bytes.length;
    this.#completedParts++;
    this.#bytes += bytes.length;
    this.#open = newPart(endUs);
  }

  /** Without an end time the timeline broke off, and the segment is as long as what it holds. */
  #closeSegment(endUs: number | undefined): void {
    const segment = this.current;
    if (!segment) return;
    this.#closePart(endUs ?? this.#open?.endUs ?? segment.startUs);
    const heldUs = segment.parts.reduce((sum, part) => sum + part.durationUs, 0);
    segment.durationUs = endUs === undefined ? heldUs : endUs - segment.startUs;
    this.longestS = Math.max(this.longestS ?? 1, Math.round(segment.durationUs / 1_000_000));
  }

  #openSegment(fragment: MediaFragment, wallMs: number, discontinuity: boolean): void {
    if (discontinuity) {
      this.#open = undefined;
      this.#discontinuities.push(this.#next);
    }
    this.segments.push({
      number: this.#next++,
      startUs: fragment.timeUs,
      init: fragment.init,
      discontinuity,
      programDateMs: wallMs,
      parts: [],
      bytes: 0,
      durationUs: undefined,
    });
    this.#forgetOld();
  }

  #forgetOld(): void {
    // What has left the playlists does not come back, though longer segments may have been seen since.
    this.#firstListed = Math.max(this.#firstListed, this.#next - 1 - this.#segmentsToList());
    for (;;) {
      const oldest = this.segments[0]?.number ?? 0;
      const isKept = oldest + RETIRED_SEGMENTS >= this.#firstListed && this.#bytes <= MAX_WINDOW_BYTES;
      if (isKept || this.segments.length <= 1) return;
      const gone = this.segments.shift() as HlsSegment;
      this.#bytes -= gone.bytes;
    }
  }

  #adjustPartTarget(frameUs: number): void {
    const isFirst = this.segments.length === 1 && this.segments[0]?.parts.length === 0;
    const frames = Math.max(1, Math.round(this.#partUs / frameUs));
    if (isFirst) this.partTargetUs = Math.ceil((frames * frameUs * PART_TARGET_MARGIN) / 1000) * 1000;
  }

  #segmentsToList(): number {
    const leastUs = Math.max(LISTED_TARGETS * (this.longestS ?? 0) * 1_000_000, MIN_LISTED_US);
    let lengthUs = 0;
    let count = 0;
    for (const segment of this.segments.slice(0, -1).reverse()) {
      if (count >= LISTED_SEGMENTS && lengthUs >= leastUs) break;
      lengthUs += segment.durationUs ?? 0;
      count++;
    }
    return count;
  }
}

function newPart(startUs: number): OpenPart {
  return { startUs, lastPictureUs: startUs, endUs: startUs, hasPicture: false, independent: false, fragments: [] };
}
