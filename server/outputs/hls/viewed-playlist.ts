import type { MediaPlaylist, PlaylistPart, PlaylistSegment } from '../../protocols/hls/playlist.ts';
import type { HlsPart, Segmenter } from '../../protocols/hls/segmenter.ts';
import type { ViewedSegment, Viewpoint } from '../../protocols/hls/viewpoint.ts';
import { type HlsObject, serializeObjectName } from './object-name.ts';

/** Parts of complete segments stay listed for this long, of one at least: players look back for where they are. */
const LISTED_PARTS_US = 2_000_000;

/** One viewer's playlist. `suffix` follows every address: the token of a caller who has no other way to show it. */
export function viewedPlaylist(segmenter: Segmenter, viewpoint: Viewpoint, suffix: string): MediaPlaylist {
  const listed = segmenter.listed();
  const view = viewpoint.view(listed);
  const fromParts = firstWithParts(view);
  const segments = view.map((viewed, index) => playlistSegment(viewed, index >= fromParts, suffix));
  const current = segmenter.current;
  const hint = { kind: 'part', segment: current?.number ?? 0, part: current?.parts.length ?? 0 } as const;
  return {
    targetDurationS: viewpoint.targetDurationS,
    partTargetUs: segmenter.partTargetUs,
    mediaSequence: view[0]?.mediaSequence ?? 0,
    discontinuitySequence: segmenter.discontinuitySequence + viewpoint.passedDiscontinuities(listed),
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
  const { source, firstPart, parts, isRecap } = viewed;
  const passedUs = durationOf(source.parts.slice(0, firstPart)) + (isRecap ? durationOf(parts) - viewed.durationUs : 0);
  return {
    ...(viewed.isComplete ? { uri: serializeObjectName(objectOf(viewed)) + suffix } : {}),
    durationUs: viewed.durationUs,
    parts: withParts ? playlistParts(viewed, suffix) : [],
    mapUri: serializeObjectName({ kind: 'init', version: source.init.version }) + suffix,
    programDateMs: source.programDateMs + passedUs / 1000,
    discontinuity: isRecap || (source.discontinuity && firstPart === 0),
  };
}

function objectOf({ source, firstPart, parts, isWhole, isRecap }: ViewedSegment): HlsObject {
  const segment = source.number;
  const end = firstPart + parts.length;
  if (isRecap) return { kind: 'recap', segment, end };
  return isWhole ? { kind: 'segment', segment } : { kind: 'stretch', segment, first: firstPart, end };
}

/**
 * hls.js goes over from segments to parts only behind a part that it loaded as such, or while no part in the playlist is
 * called independent: close behind the point of joining it would wait for the next key frame.
 */
function playlistParts({ source, firstPart, parts, isNextAfterJoin }: ViewedSegment, suffix: string): PlaylistPart[] {
  return parts.map(({ durationUs, independent }, index) => ({
    uri: serializeObjectName({ kind: 'part', segment: source.number, part: firstPart + index }) + suffix,
    durationUs,
    independent: independent && !isNextAfterJoin,
  }));
}

function durationOf(parts: readonly HlsPart[]): number {
  return parts.reduce((sum, part) => sum + part.durationUs, 0);
}
