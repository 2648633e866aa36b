import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InitSegment } from '../../media/mp4/fmp4-init.ts';
import type { MediaFragment } from '../../media/mp4/fmp4-muxer.ts';
import { serializeMediaPlaylist } from '../../protocols/hls/playlist.ts';
import { Segmenter } from '../../protocols/hls/segmenter.ts';
import { validateMediaPlaylist, validateReload } from '../../protocols/hls/testing/validator.ts';
import { holdsPart, Viewpoint } from '../../protocols/hls/viewpoint.ts';
import { parseObjectName, serializeObjectName } from './object-name.ts';
import { viewedPlaylist } from './viewed-playlist.ts';

function init(version: number): InitSegment {
  const bytes = new Uint8Array(1);
  const videoEntry = { bytes, codecString: '', hlsCodecString: '', timescale: 90_000 };
  return { bytes, version, mimeType: '', hlsCodecs: '', width: 1, height: 1, videoEntry, audioEntry: undefined };
}

const FIRST = init(1);

/** A picture whose only byte is its number, so that it can be recognised later. */
function picture(index: number, timeUs: number, frameUs: number, keyframe: boolean, of = FIRST): MediaFragment {
  const bytes = Uint8Array.of(index & 255);
  return { bytes, runs: [], init: of, keyframe, hasPicture: true, timeUs, durationUs: frameUs, receivedUs: timeUs };
}

type Camera = { fps: number; keyEvery: number; jitterUs: readonly number[] };

function* pictures({ fps, keyEvery, jitterUs }: Camera, count: number): Generator<MediaFragment> {
  const frameUs = Math.round(1_000_000 / fps);
  for (let index = 0; index < count; index++) {
    const jitter = jitterUs[index % jitterUs.length] ?? 0;
    yield picture(index, 1_000_000 + index * frameUs + jitter, frameUs, index % keyEvery === 0);
  }
}

type Viewer = { viewpoint: Viewpoint; last: string };

class Stage {
  readonly segmenter = new Segmenter({ partMs: 100 });
  readonly viewers: Viewer[] = [];

  push(fragment: MediaFragment): boolean {
    const before = this.segmenter.current;
    const changed = this.segmenter.push(fragment, 1_700_000_000_000 + fragment.timeUs / 1000);
    if (before && before !== this.segmenter.current)
      for (const { viewpoint } of this.viewers) viewpoint.segmentClosed(before);
    return changed;
  }

  join(withRecap = false): Viewer {
    const { current } = this.segmenter;
    if (!current) throw new Error('nothing to join yet');
    const viewer = { viewpoint: new Viewpoint(current, this.segmenter, withRecap), last: '' };
    this.viewers.push(viewer);
    return viewer;
  }

  text({ viewpoint }: Viewer, delta = false): string {
    return serializeMediaPlaylist(viewedPlaylist(this.segmenter, viewpoint, ''), delta);
  }
}

const camera = fc.record({
  fps: fc.constantFrom(2, 5, 10, 12, 15, 20, 25, 30, 50),
  keyEvery: fc.integer({ min: 1, max: 120 }),
  jitterUs: fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 7 }),
});

const joins = fc.array(fc.record({ at: fc.integer({ min: 3, max: 250 }), withRecap: fc.boolean() }), {
  minLength: 1,
  maxLength: 3,
});

describe('whatever the camera and whenever a viewer joins', () => {
  test('each playlist and each reload keeps the rules of RFC 8216bis', () => {
    fc.assert(
      fc.property(camera, joins, (what, joining) => {
        const stage = new Stage();
        let index = 0;
        for (const fragment of pictures(what, 300)) {
          const changed = stage.push(fragment);
          for (const { at, withRecap } of joining)
            if (at === index && (stage.segmenter.current?.parts.length ?? 0) > 0) stage.join(withRecap);
          index++;
          if (!changed) continue;
          for (const viewer of stage.viewers) {
            const text = stage.text(viewer);
            expect(validateMediaPlaylist(text)).toEqual([]);
            expect(validateMediaPlaylist(stage.text(viewer, true))).toEqual([]);
            if (viewer.last) expect(validateReload(viewer.last, text)).toEqual([]);
            viewer.last = text;
          }
        }
      }),
      { numRuns: 8 },
    );
  });

  test('a player that follows the addresses gets each picture once and in order', () => {
    fc.assert(
      fc.property(camera, fc.integer({ min: 10, max: 100 }), (what, joinAt) => {
        const stage = new Stage();
        let viewer: Viewer | undefined;
        let got: number[] = [];
        let next = -1;
        let index = 0;
        for (const fragment of pictures(what, 300)) {
          stage.push(fragment);
          if (index++ === joinAt) viewer = stage.join();
          if (!viewer) continue;
          for (const segment of viewer.viewpoint.view(stage.segmenter.listed())) {
            if (!segment.isComplete || segment.mediaSequence < next) continue;
            if (next === -1) got = [];
            else expect(segment.mediaSequence).toBe(next);
            got.push(...segment.parts.flatMap((part) => [...part.bytes]));
            next = segment.mediaSequence + 1;
          }
        }
        expect(got.length).toBeGreaterThan(0);
        for (let at = 1; at < got.length; at++) expect(got[at]).toBe(((got[at - 1] as number) + 1) & 255);
      }),
      { numRuns: 30 },
    );
  });
});

test('a segment that is half a second too long is not listed as longer than allowed', () => {
  const stage = new Stage();
  const all = [...pictures({ fps: 12, keyEvery: 54, jitterUs: [0, 0, 13, 0] }, 200)];
  for (const fragment of all.slice(0, 4)) stage.push(fragment);
  const viewer = stage.join();
  for (const fragment of all.slice(4))
    if (stage.push(fragment)) expect(validateMediaPlaylist(stage.text(viewer))).toEqual([]);
});

test('a viewer who joins at the end of a group gets the next one in short segments too, until it has come near the parts', () => {
  const stage = new Stage();
  for (const fragment of pictures({ fps: 25, keyEvery: 50, jitterUs: [0] }, 99)) stage.push(fragment);
  const viewer = stage.join();
  stage.text(viewer);
  for (const fragment of [...pictures({ fps: 25, keyEvery: 50, jitterUs: [0] }, 150)].slice(99)) stage.push(fragment);
  const text = stage.text(viewer);
  for (const at of [0, 1, 2]) expect(text).toContain(`\n2.${at}-${at + 1}.m4s\n`);
  expect(text).not.toContain('\n2.m4s\n');
});

test('joining late in a long group of pictures: everything so far has one address, then each part has its own', () => {
  const stage = new Stage();
  for (const fragment of pictures({ fps: 25, keyEvery: 250, jitterUs: [0] }, 400)) stage.push(fragment);
  const viewer = stage.join();
  const joined = stage.segmenter.current?.parts.length ?? 0;
  expect(stage.text(viewer)).toContain(`\n1.0-${joined}.m4s\n`);
  let index = 400;
  for (const fragment of [...pictures({ fps: 25, keyEvery: 250, jitterUs: [0] }, 410)].slice(400)) {
    stage.push(fragment);
    index++;
  }
  expect(index).toBe(410);
  const text = stage.text(viewer);
  for (const at of [joined, joined + 1]) expect(text).toContain(`\n1.${at}-${at + 1}.m4s\n`);
  expect(text).not.toContain('URI="1.0.m4s"');
});

test('joining late with a recap: shorter than players stay behind, up to three parts ahead, and nothing before it', () => {
  const stage = new Stage();
  const all = [...pictures({ fps: 25, keyEvery: 250, jitterUs: [0] }, 400)];
  for (const fragment of all.slice(0, 390)) stage.push(fragment);
  const viewer = stage.join(true);
  const joined = stage.segmenter.current?.parts.length ?? 0;
  const text = stage.text(viewer);
  const lines = text.split('\n').filter((line) => !/^#EXT-X-(?!PART:)/.test(line));
  expect(lines.slice(1, -1)).toEqual(
    [0, 1, 2].flatMap((piece) => {
      const duration = '0.10400';
      const name = `1.recap-${joined + 3}.${piece}.m4s`;
      return [`#EXT-X-PART:DURATION=${duration},URI="${name}"`, `#EXTINF:${duration},`, name];
    }),
  );
  const dates = [...text.matchAll(/DATE-TIME:(.*)/g)].map(([, date]) => Date.parse(date as string));
  // The last piece begins before the last picture of the three parts to come, one of which may be short.
  const knownMs = 1_700_000_001_000 + (250 + joined * 3) * 40;
  const lastMs = knownMs + 2 * 120 - 0.45 * 40 - 5;
  expect(dates).toEqual([208, 104, 0].map((before) => Math.floor(lastMs - before)));
  expect(text).toContain(`URI="1.${joined + 3}.m4s"`);
  for (const fragment of all.slice(390)) stage.push(fragment);
  expect(stage.text(viewer)).not.toContain(`1.${joined}.m4s`);
});

test('when a recap continues into the next group, the rest of that group is listed', () => {
  const stage = new Stage();
  const all = [...pictures({ fps: 25, keyEvery: 250, jitterUs: [0] }, 540)];
  for (const fragment of all.slice(0, 497)) stage.push(fragment);
  const viewer = stage.join(true);
  const joined = stage.segmenter.current?.parts.length ?? 0;
  const before = stage.text(viewer);
  expect(before).toContain(`1.recap-${joined + 3}.2.m4s`);
  for (const fragment of all.slice(497, 502)) stage.push(fragment);
  const between = stage.text(viewer);
  expect(validateReload(before, between)).toEqual([]);
  // The first group has two parts left, so one part of the next group belongs to the recap.
  expect(stage.segmenter.segments.at(-2)?.parts.length).toBe(joined + 2);
  expect(between).toContain('PRELOAD-HINT:TYPE=PART,URI="2.1.m4s"');
  for (const fragment of all.slice(502)) stage.push(fragment);
  const after = stage.text(viewer);
  expect(validateReload(between, after)).toEqual([]);
  expect(after).toContain('#EXTINF:0.12000,\n2.1-2.m4s\n');
  for (const name of ['\n2.m4s', '\n2.0-', '"2.0.']) expect(after).not.toContain(name);
});

test('joining a short group with a recap: its few parts are listed as they are', () => {
  const stage = new Stage();
  for (const fragment of pictures({ fps: 25, keyEvery: 250, jitterUs: [0] }, 256)) stage.push(fragment);
  const text = stage.text(stage.join(true));
  expect(text).toContain('#EXT-X-PART:DURATION=0.12000,URI="1.0.m4s"\n#EXTINF:0.12000,\n1.0-1.m4s\n');
});

test('soon after the point of joining no part is called independent, because hls.js would wait for one', () => {
  const stage = new Stage();
  const all = [...pictures({ fps: 25, keyEvery: 250, jitterUs: [0] }, 540)];
  for (const fragment of all.slice(0, 490)) stage.push(fragment);
  const viewer = stage.join();
  for (const fragment of all.slice(490, 520)) stage.push(fragment);
  expect(stage.text(viewer)).toContain('URI="2.0.m4s"\n');
  expect(stage.text(viewer)).not.toContain('INDEPENDENT');
  for (const fragment of pictures({ fps: 25, keyEvery: 250, jitterUs: [0] }, 760))
    if (fragment.timeUs > (all.at(519)?.timeUs ?? 0)) stage.push(fragment);
  expect(stage.text(viewer)).toContain('URI="3.0.m4s",INDEPENDENT=YES\n');
});

test('when key frames become rarer, a viewer keeps its target duration and gets long groups in pieces', () => {
  const stage = new Stage();
  const viewers: Viewer[] = [];
  const got: number[] = [];
  let next = -1;
  for (let index = 0; index < 1500; index++) {
    const changed = stage.push(
      picture(index, index * 40_000, 40_000, index < 500 ? index % 50 === 0 : index % 250 === 0),
    );
    if (index === 130 || index === 830) viewers.push(stage.join());
    for (const viewer of changed ? viewers : []) {
      const text = stage.text(viewer);
      expect(validateMediaPlaylist(text)).toEqual([]);
      if (viewer.last) expect(validateReload(viewer.last, text)).toEqual([]);
      viewer.last = text;
    }
    for (const segment of viewers[0]?.viewpoint.view(stage.segmenter.listed()) ?? []) {
      if (!segment.isComplete || segment.mediaSequence < next) continue;
      if (next !== -1) expect(segment.mediaSequence).toBe(next);
      got.push(...segment.parts.flatMap((part) => [...part.bytes]));
      next = segment.mediaSequence + 1;
    }
  }
  expect(viewers.map(({ viewpoint }) => viewpoint.targetDurationS)).toEqual([2, 10]);
  for (let at = 1; at < got.length; at++) expect(got[at]).toBe(((got[at - 1] as number) + 1) & 255);
});

test('pictures that become so rare that none fits into a part end the playback', () => {
  const stage = new Stage();
  for (let index = 0; index < 30; index++) stage.push(picture(index, index * 40_000, 40_000, index === 0));
  expect(stage.segmenter.isOutgrown).toBe(false);
  stage.push(picture(30, 1_200_000, 200_000, false));
  expect(stage.segmenter.isOutgrown).toBe(true);
});

test('new parameter sets begin a segment with a discontinuity, which is counted when it has left the playlist', () => {
  const stage = new Stage();
  const second = init(2);
  for (let index = 0; index < 1200; index++)
    stage.push(picture(index, index * 40_000, 40_000, index % 50 === 0, index < 100 ? FIRST : second));
  const viewer = stage.join();
  expect(stage.text(viewer)).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:1\n');
  expect(stage.text(viewer)).not.toContain('#EXT-X-DISCONTINUITY\n');
});

test('a gap in the stream makes a discontinuity, and the segment before it is as long as its content', () => {
  const stage = new Stage();
  for (let index = 0; index < 40; index++) stage.push(picture(index, index * 40_000, 40_000, index === 0));
  stage.push(picture(40, 9_000_000, 40_000, true));
  const [before, after] = stage.segmenter.segments;
  expect(before?.durationUs).toBeCloseTo(1_600_000, -2);
  expect(after?.discontinuity).toBe(true);
});

test('memory stays bounded when a camera never sends another key frame', () => {
  const stage = new Stage();
  const huge = (index: number): MediaFragment => ({
    ...picture(index, index * 40_000, 40_000, index === 0),
    bytes: new Uint8Array(1024 * 1024),
  });
  for (let index = 0; index < 300; index++) {
    stage.push(huge(index));
    expect(stage.segmenter.bytes).toBeLessThanOrEqual(90 * 1024 * 1024);
  }
});

test('a blocking reload waits for exactly what it names', () => {
  const stage = new Stage();
  for (const fragment of pictures({ fps: 25, keyEvery: 50, jitterUs: [0] }, 100)) stage.push(fragment);
  const { viewpoint } = stage.join();
  const view = viewpoint.view(stage.segmenter.listed());
  const last = view.at(-1)?.mediaSequence ?? 0;
  const parts = view.at(-1)?.parts.length ?? 0;
  expect(holdsPart(view, last, parts)).toBe(false);
  expect(holdsPart(view, last, undefined)).toBe(false);
  expect(holdsPart(view, last - 1, undefined)).toBe(true);
  expect(holdsPart(view, last + 1, 0)).toBe(false);
});

test.each(['init-1.mp4', '12.m4s', '12.3.m4s', '12.0-37.m4s', '12.recap-37.0.m4s'])(
  'the name %s is read and written',
  (name) => {
    const object = parseObjectName(name);
    expect(object && serializeObjectName(object)).toBe(name);
  },
);

test.each([
  '',
  'init.mp4',
  '../12.m4s',
  '12.m4s?x',
  '1.2.3.m4s',
  '12.-1.m4s',
  '12.recap-3.m4s',
  `${'9'.repeat(20)}.m4s`,
])('the name %s names nothing', (name) => {
  expect(parseObjectName(name)).toBeUndefined();
});
