import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import type { MediaFragment } from '../../media/mp4/fmp4-muxer.ts';

export type HlsPart = {
  readonly startUs: number;
  readonly lastPictureUs: number;
  readonly durationUs: number;
  /** Whether the part holds a key frame. */
  readonly independent: boolean;
  /** The bytes are written once and sent to every viewer. */
  readonly bytes: Uint8Array;
};

/** A segment usually reaches from one key frame to the next. */
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
 * No segment is removed from a playlist that would then be shorter than three target durations (clause 6.2.2). One more is
 * kept, because a viewer who joined within a segment sees it as a short recap.
 */
const LISTED_TARGETS = 4;
const MIN_LISTED_US = 13_000_000;
/** How many segments are kept after they left the playlist, for viewers who ask late. */
const RETIRED_SEGMENTS = 2;
const HOLE_US = 1_000_000;
/**
 * Parts are at most PART-TARGET and at least 85 % of it long (clause 4.4.4.9). Cameras stamp with jitter, so the target is
 * longer than the usual part.
 */
const PART_TARGET_MARGIN = 1.08;
/** One late frame changes the expected duration of a frame by an eighth, so the limit must be higher than that. */
const OUTGROWN = 1.3;

/** Cuts the fragments of a stream into segments at key frames and into parts within them, and forgets old ones. */
export class Segmenter {
  readonly segments: HlsSegment[] = [];
  /** The rounded length of the longest segment so far in seconds. Undefined before the first segment is complete. */
  longestS: number | undefined;
  /** It is fixed by the first part and does not change afterwards. */
  partTargetUs = 0;
  readonly #partUs: number;
  #open: OpenPart | undefined;
  #last: MediaFragment | undefined;
  #next = 0;
  #firstListed = 0;
  #completedParts = 0;
  #bytes = 0;
  /** The numbers of segments that begin with a discontinuity, oldest first. Unlisted ones are removed when counted. */
  readonly #discontinuities: number[] = [];
  #passedDiscontinuities = 0;

  constructor({ partMs }: SegmenterOptions) {
    this.#partUs = partMs * 1000;
  }

  /** The segment that is still growing. */
  get current(): HlsSegment | undefined {
    return this.segments.at(-1);
  }

  /** The fragments so far of the part that is still growing. */
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

  /** `wallMs` is when the fragment's picture arrived. Returns true when a part was completed. */
  push(fragment: MediaFragment, wallMs: number): boolean {
    const partsBefore = this.#completedParts;
    if (fragment.hasPicture) this.#pushPicture(fragment, wallMs);
    else this.#open?.fragments.push(fragment.bytes);
    return this.#completedParts !== partsBefore;
  }

  /** The segments in the playlist. The growing one is the last. */
  listed(): readonly HlsSegment[] {
    return this.segments.filter(({ number }) => number >= this.#firstListed);
  }

  /** True when pictures have become so rare that one does not fit into a part: the part target cannot be kept any more. */
  get isOutgrown(): boolean {
    return this.partTargetUs > 0 && this.frameUs > this.partTargetUs * OUTGROWN;
  }

  /** How many discontinuities come before the segment with which a playlist begins (clause 4.4.3.3). */
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
    // The next picture would not fit, so the part is complete now and need not wait for that picture.
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
    // A segment that has left the playlists does not come back, even if longer segments have been seen since.
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
