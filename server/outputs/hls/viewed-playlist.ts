import type { MediaPlaylist, PlaylistSegment } from '../../protocols/hls/playlist.ts';
import type { Segmenter } from '../../protocols/hls/segmenter.ts';
import type { ViewedSegment, Viewpoint } from '../../protocols/hls/viewpoint.ts';
import { serializeObjectName } from './object-name.ts';

/** Parts of complete segments stay listed for this long, of one at least: players look back for where they are. */
const LISTED_PARTS_US = 2_000_000;

/** One viewer's playlist. `suffix` follows every address: the token of a caller who has no other way to show it. */
export function viewedPlaylist(segmenter: Segmenter, viewpoint: Viewpoint, suffix: string): MediaPlaylist {
  const view = viewpoint.view(segmenter.listed());
  const fromParts = firstWithParts(view);
  const segments = view.map((viewed, index) => playlistSegment(viewed, index >= fromParts, suffix));
  const current = segmenter.current;
  const hint = { kind: 'part', segment: current?.number ?? 0, part: current?.parts.length ?? 0 } as const;
  return {
    targetDurationS: viewpoint.targetDurationS,
    partTargetUs: segmenter.partTargetUs,
    mediaSequence: view[0]?.mediaSequence ?? 0,
    discontinuitySequence: segmenter.discontinuitySequence,
    segments,
    preloadHintUri: serializeObjectName(hint) + suffix,
  };
}

function firstWithParts(view: readonly ViewedSegment[]): number {
  let index = view.length - 1;
  let listedUs = 0;
  while (index > 0 && view[index - 1]?.isAfterJoin && listedUs < LISTED_PARTS_US) {
    index--;
    listedUs += (view[index] as ViewedSegment).durationUs;
  }
  return index;
}

function playlistSegment(viewed: ViewedSegment, withParts: boolean, suffix: string): PlaylistSegment {
  const { source, firstPart, parts } = viewed;
  const segment = source.number;
  const passedUs = source.parts.slice(0, firstPart).reduce((sum, part) => sum + part.durationUs, 0);
  const stretch = { kind: 'stretch', segment, first: firstPart, end: firstPart + parts.length } as const;
  const name = serializeObjectName(viewed.isWhole ? { kind: 'segment', segment } : stretch);
  const listed = withParts
    ? parts.map(({ durationUs, independent }, index) => {
        const uri = serializeObjectName({ kind: 'part', segment, part: firstPart + index }) + suffix;
        return { uri, durationUs, independent };
      })
    : [];
  return {
    ...(viewed.isComplete ? { uri: name + suffix } : {}),
    durationUs: viewed.durationUs,
    parts: listed,
    mapUri: serializeObjectName({ kind: 'init', version: source.init.version }) + suffix,
    programDateMs: source.programDateMs + passedUs / 1000,
    discontinuity: source.discontinuity && firstPart === 0,
  };
}
