import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Segmenter } from '../../protocols/hls/segmenter.ts';
import { type ViewedSegment, Viewpoint } from '../../protocols/hls/viewpoint.ts';
import { samplesIn } from '../../testing/fmp4-samples.ts';
import { shortOrLong } from '../../testing/long-run.ts';
import { serializeFragment } from '../mp4/fmp4-fragment.ts';
import type { MediaFragment } from '../mp4/fmp4-muxer.ts';
import { VIDEO_TRACK_ID } from '../mp4/mp4-track.ts';
import { recapPiece } from './hls-recap.ts';

const TICKS_PER_US = 0.09;
const INIT = {};

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

  /** Fetches the complete pieces in their order and stops at the first one that is not complete yet. */
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
    if (!recap) {
      expect(parts.length).toBeGreaterThan(0);
      return parts.map(({ bytes }) => bytes);
    }
    const { segments, partTargetUs } = this.#segmenter;
    const next = segments.find(({ number }) => number === source.number + 1);
    const piece = recapPiece({ ...recap, segment: source, next, partTargetUs });
    expect(piece).toBeDefined();
    if (!piece?.isComplete) return undefined;
    expect(piece.chunks.length).toBeGreaterThan(0);
    return piece.chunks;
  }
}

type Camera = {
  fps: number;
  keyEvery: number;
  /** Key frames that come besides the regular ones. */
  moreKeys?: readonly number[];
  /** How late pictures come, in shares of a frame's time. */
  lateness?: readonly number[];
};

type Playing = { camera: Camera; joinAt: number; initOf?: (index: number) => object; followEvery?: number };

function play({ camera, joinAt, initOf = () => INIT, followEvery = 1 }: Playing): Player {
  const { fps, keyEvery, moreKeys = [], lateness = [0] } = camera;
  const segmenter = new Segmenter({ partMs: 100 });
  const frameUs = Math.round(1_000_000 / fps);
  let player: Player | undefined;
  for (let index = 0; index < PICTURES; index++) {
    const timeUs = Math.round(1_000_000 + (index + (lateness[index % lateness.length] ?? 0)) * frameUs);
    const isKey = index % keyEvery === 0 || moreKeys.includes(index);
    const before = segmenter.current;
    segmenter.push(picture(index, timeUs, frameUs, isKey, initOf(index)), 0);
    if (before && before !== segmenter.current) player?.segmentClosed(before);
    if (index === joinAt) player = new Player(segmenter);
    if (index % followEvery === 0) player?.follow();
  }
  if (!player) throw new Error('nobody joined');
  return player;
}

const PICTURES = 400;
const camera = fc.record({
  fps: fc.constantFrom(5, 10, 12, 15, 20, 25, 30, 50, 60),
  keyEvery: fc.integer({ min: 8, max: 250 }),
  moreKeys: fc.array(fc.integer({ min: 1, max: 399 }), { maxLength: 6 }),
  lateness: fc.array(fc.double({ min: 0, max: 0.4, noNaN: true }), { minLength: 1, maxLength: 7 }),
});
test('whatever the camera and whenever a viewer joins, each picture from a key frame on comes once, in order and in time', () => {
  fc.assert(
    fc.property(camera, fc.integer({ min: 4, max: 260 }), (camera, joinAt) => {
      const told = samplesIn(play({ camera, joinAt }).got);
      const numbers = told.map(({ first }) => first);
      expect(numbers).toEqual(numbers.map((_, index) => ((numbers[0] as number) + index) & 255));
      // The last segment, which is at least a second long, may not be complete yet.
      expect(numbers.length).toBeGreaterThanOrEqual(PICTURES - joinAt - camera.keyEvery - camera.fps);
      for (const [index, { decodeTicks, durationTicks }] of told.slice(0, -1).entries()) {
        const step = (told[index + 1]?.decodeTicks as number) - decodeTicks;
        expect(step).toBeGreaterThan(0);
        // Browsers treat a longer step as a discontinuity and wait for a key frame.
        expect(step).toBeLessThanOrEqual(2 * durationTicks);
      }
    }),
    { numRuns: shortOrLong(40, 300) },
  );
});

test('it begins at the live edge, however close the next key frame is', () => {
  for (let joinAt = 150; joinAt < 200; joinAt++) {
    const told = samplesIn(play({ camera: { fps: 25, keyEvery: 200 }, joinAt }).got);
    const edgeTicks = (1_000_000 + (joinAt + 1) * 40_000) * TICKS_PER_US;
    const behindTicks = edgeTicks - (told[0]?.decodeTicks ?? 0);
    expect(behindTicks).toBeGreaterThan(-0.05 * 90_000);
    expect(behindTicks).toBeLessThan(0.15 * 90_000);
    expect((told[1]?.decodeTicks ?? 0) - (told[0]?.decodeTicks ?? 0)).toBeGreaterThan(0.08 * 90_000);
  }
});

test.each([
  ['in the group joined', 200, 1],
  ['in the group joined, for who asks late', 200, 60],
  ['a picture into the next group, which the recap goes on into', 201, 1],
  ['a picture into the next group, for who asks late', 201, 60],
])('the stream breaks off %s: it is told as far as it came', (_where, breakAt, followEvery) => {
  const second = {};
  const camera = { fps: 25, keyEvery: 200, moreKeys: [breakAt, 260] };
  const initOf = (index: number): object => (index < breakAt ? INIT : second);
  const { got } = play({ camera, joinAt: 198, initOf, followEvery });
  const numbers = samplesIn(got).map(({ first }) => first);
  expect(numbers.slice(0, 205)).toEqual(Array.from({ length: 205 }, (_, index) => index & 255));
});

test('a piece is the same whenever it is asked for', () => {
  const segmenter = new Segmenter({ partMs: 100 });
  const pieces = (end: number): (string | undefined)[] => {
    const [segment, next] = segmenter.segments as [NonNullable<Segmenter['current']>, Segmenter['current']];
    return [0, 1].map((piece) => {
      const { chunks } = recapPiece({ segment, next, end, piece, partTargetUs: segmenter.partTargetUs }) ?? {};
      return chunks && Buffer.concat(chunks).toString('hex');
    });
  };
  for (let index = 0; index < 100; index++)
    segmenter.push(picture(index, index * 40_000, 40_000, index === 0, INIT), 0);
  const end = (segmenter.current?.parts.length ?? 0) + 3;
  const early = pieces(end);
  expect(early[1]?.length).toBeGreaterThan(1000);
  for (let index = 100; index < 150; index++)
    segmenter.push(picture(index, index * 40_000 + 13_000, 40_000, index === 105, INIT), 0);
  expect(pieces(end)).toEqual(early);
});
