import fc from 'fast-check';
import { expect, test } from 'vitest';
import { serializeFragment } from '../../media/fmp4-fragment.ts';
import type { MediaFragment } from '../../media/fmp4-muxer.ts';
import { VIDEO_TRACK_ID } from '../../media/mp4-track.ts';
import { Segmenter } from '../../protocols/hls/segmenter.ts';
import { type ViewedSegment, Viewpoint } from '../../protocols/hls/viewpoint.ts';
import { samplesIn } from '../../testing/fmp4-samples.ts';
import { recapPiece } from './hls-recap.ts';

const TICKS_PER_US = 0.09;

/** A picture whose only byte is its number. */
function picture(index: number, timeUs: number, frameUs: number, keyframe: boolean, init: object): MediaFragment {
  const sample = {
    data: [Uint8Array.of(index & 255)],
    durationTicks: Math.round(frameUs * TICKS_PER_US),
    compositionTicks: 0,
    sync: keyframe,
  };
  const baseTicks = Math.round(timeUs * TICKS_PER_US);
  const runs = [{ trackId: VIDEO_TRACK_ID, baseTicks, nalUnits: true, samples: [sample] }];
  const bytes = serializeFragment(index, runs);
  const of = init as MediaFragment['init'];
  return { bytes, runs, init: of, keyframe, hasPicture: true, timeUs, durationUs: frameUs, receivedUs: timeUs };
}

class Player {
  readonly got: Uint8Array[] = [];
  readonly #segmenter: Segmenter;
  readonly #viewpoint: Viewpoint;
  #next = -1;

  constructor(segmenter: Segmenter) {
    const { current } = segmenter;
    if (!current) throw new Error('nothing to join yet');
    this.#segmenter = segmenter;
    this.#viewpoint = new Viewpoint(current, segmenter, true);
  }

  segmentClosed(segment: NonNullable<Segmenter['current']>): void {
    this.#viewpoint.segmentClosed(segment);
  }

  /** Fetches what is complete, in its order, and stops where a piece is still to come. */
  follow(): void {
    const view = this.#viewpoint.view(this.#segmenter.listed());
    if (this.#next === -1) this.#next = view[0]?.mediaSequence ?? 0;
    for (const viewed of view) {
      if (viewed.mediaSequence !== this.#next || !viewed.isComplete) continue;
      const chunks = this.#fetch(viewed);
      if (!chunks) return;
      this.got.push(...chunks);
      this.#next++;
    }
  }

  #fetch({ source, recap, parts }: ViewedSegment): readonly Uint8Array[] | undefined {
    if (!recap) return parts.map(({ bytes }) => bytes);
    const { segments, partTargetUs } = this.#segmenter;
    const next = segments.find(({ number }) => number === source.number + 1);
    const piece = recapPiece({ ...recap, segment: source, next, partTargetUs });
    expect(piece).toBeDefined();
    if (!piece?.isComplete) return undefined;
    expect(piece.chunks.length).toBeGreaterThan(0);
    return piece.chunks;
  }
}

type Camera = { fps: number; keyEvery: number; jitterUs: readonly number[] };

function play(
  { fps, keyEvery, jitterUs }: Camera,
  joinAt: number,
  initOf: (index: number) => object,
  followEvery = 1,
): Player {
  const segmenter = new Segmenter({ partMs: 100 });
  let player: Player | undefined;
  for (let index = 0; index < 400; index++) {
    const frameUs = Math.round(1_000_000 / fps);
    const timeUs = 1_000_000 + index * frameUs + (jitterUs[index % jitterUs.length] ?? 0);
    const before = segmenter.current;
    segmenter.push(picture(index, timeUs, frameUs, index % keyEvery === 0, initOf(index)), 0);
    if (before && before !== segmenter.current) player?.segmentClosed(before);
    if (index === joinAt) player = new Player(segmenter);
    if (index % followEvery === 0) player?.follow();
  }
  if (!player) throw new Error('nobody joined');
  return player;
}

const camera = fc.record({
  fps: fc.constantFrom(5, 10, 12, 15, 20, 25, 30, 50, 60),
  keyEvery: fc.integer({ min: 8, max: 250 }),
  jitterUs: fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 7 }),
});
const INIT = {};

test('whatever the camera and whenever one joins: each picture from the key frame on once, in order, in time', () => {
  fc.assert(
    fc.property(camera, fc.integer({ min: 4, max: 260 }), (what, joinAt) => {
      const told = samplesIn(play(what, joinAt, () => INIT).got);
      const numbers = told.map(({ first }) => first);
      const keys = Array.from({ length: joinAt + 1 }, (_, index) => index).filter(
        (index) => index % what.keyEvery === 0,
      );
      expect(keys.map((key) => key & 255)).toContain(numbers[0]);
      expect(numbers).toEqual(numbers.map((_, index) => ((numbers[0] as number) + index) & 255));
      // The last segment, of a second at least, may not be complete yet.
      expect(numbers.length).toBeGreaterThanOrEqual(400 - joinAt - what.keyEvery - what.fps);
      for (const [index, { decodeTicks }] of told.entries())
        if (index > 0) expect(decodeTicks).toBeGreaterThan(told[index - 1]?.decodeTicks as number);
    }),
    { numRuns: 200 },
  );
});

test('it begins a moment before the live edge, however close the next key frame is', () => {
  for (let joinAt = 150; joinAt < 200; joinAt++) {
    const told = samplesIn(play({ fps: 25, keyEvery: 200, jitterUs: [0] }, joinAt, () => INIT).got);
    const edgeTicks = (1_000_000 + (joinAt + 1) * 40_000) * TICKS_PER_US;
    const behindTicks = edgeTicks - (told[0]?.decodeTicks ?? 0);
    expect(behindTicks).toBeGreaterThan(0);
    expect(behindTicks).toBeLessThan(0.2 * 90_000);
    expect((told[1]?.decodeTicks ?? 0) - (told[0]?.decodeTicks ?? 0)).toBeGreaterThan(0.08 * 90_000);
  }
});

test.each([1, 60])(
  'a group that breaks off is told as far as it came, to who asks every %s pictures',
  (followEvery) => {
    const second = {};
    const initOf = (index: number): object => (index < 200 ? INIT : second);
    const { got } = play({ fps: 25, keyEvery: 200, jitterUs: [0] }, 195, initOf, followEvery);
    expect(
      samplesIn(got)
        .slice(0, 205)
        .map(({ first }) => first),
    ).toEqual(Array.from({ length: 205 }, (_, index) => index & 255));
  },
);
