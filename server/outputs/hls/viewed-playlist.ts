import type { MediaPlaylist, PlaylistPart, PlaylistSegment } from '../../protocols/hls/playlist.ts';
import type { Segmenter } from '../../protocols/hls/segmenter.ts';
import type { ViewedSegment, Viewpoint } from '../../protocols/hls/viewpoint.ts';
import { type HlsObject, serializeObjectName } from './object-name.ts';

/** The parts of complete segments stay listed for this long, and those of at least one segment: players look for their position in them. */
const LISTED_PARTS_US = 2_000_000;

/** One viewer's playlist. `suffix` is added to every address: it has the token of a caller that can only send it in addresses. */
export function viewedPlaylist(segmenter: Segmenter, viewpoint: Viewpoint, suffix: string): MediaPlaylist {
  const view = viewpoint.view(segmenter.listed());
  const fromParts = firstWithParts(view);
  const segments = view.map((viewed, index) => playlistSegment(viewed, index >= fromParts, suffix));
  const current = segmenter.current;
  const nextPart = current ? viewpoint.nextPart(current) : 0;
  const hint = { kind: 'part', segment: current?.number ?? 0, part: nextPart } as const;
  return {
    targetDurationS: viewpoint.targetDurationS,
    partTargetUs: segmenter.partTargetUs,
    mediaSequence: view[0]?.mediaSequence ?? 0,
    discontinuitySequence: segmenter.discontinuitiesBefore(view[0]?.source.number ?? 0),
    segments,
    preloadHintUri: serializeObjectName(hint) + suffix,
  };
}

function firstWithParts(view: readonly ViewedSegment[]): number {
  let index = view.length - 1;
  let listedUs = 0;
  while (index > 0 && view[index - 1]?.mayListParts && listedUs < LISTED_PARTS_US) {
    index--;
    listedUs += (view[index] as ViewedSegment).durationUs;
  }
  return index;
}

function playlistSegment(viewed: ViewedSegment, withParts: boolean, suffix: string): PlaylistSegment {
  const { source, firstPart } = viewed;
  return {
    ...(viewed.isComplete ? { uri: serializeObjectName(objectOf(viewed)) + suffix } : {}),
    durationUs: viewed.durationUs,
    parts: withParts && viewed.mayListParts ? playlistParts(viewed, suffix) : [],
    mapUri: serializeObjectName({ kind: 'init', version: source.init.version }) + suffix,
    programDateMs: source.programDateMs + viewed.startUs / 1000,
    discontinuity: source.discontinuity && firstPart === 0 && !(viewed.recap && viewed.recap.piece > 0),
  };
}

function objectOf({ source, firstPart, parts, isWhole, recap }: ViewedSegment): HlsObject {
  const segment = source.number;
  if (recap) return { kind: 'recap', segment, ...recap };
  return isWhole
    ? { kind: 'segment', segment }
    : { kind: 'stretch', segment, first: firstPart, end: firstPart + parts.length };
}

/**
 * When some part is called independent, hls.js begins with such a part, or after one that it remembers having loaded. It
 * forgets that when playlists come faster than it parses them, and would then stall until the next key frame. When no part is
 * called independent, it chooses by time. So near the point of joining none is.
 */
function playlistParts(viewed: ViewedSegment, suffix: string): PlaylistPart[] {
  const { source, firstPart, parts, recap, durationUs: wholeUs, isCloseToJoin } = viewed;
  const segment = source.number;
  if (recap) return [{ uri: serializeObjectName(objectOf(viewed)) + suffix, durationUs: wholeUs, independent: false }];
  return parts.map(({ durationUs, independent }, index) => ({
    uri: serializeObjectName({ kind: 'part', segment, part: firstPart + index }) + suffix,
    durationUs,
    independent: independent && !isCloseToJoin,
  }));
}
