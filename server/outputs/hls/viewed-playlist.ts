import type { MediaPlaylist, PlaylistPart, PlaylistSegment } from '../../protocols/hls/playlist.ts';
import type { HlsPart, Segmenter } from '../../protocols/hls/segmenter.ts';
import type { ViewedSegment, Viewpoint } from '../../protocols/hls/viewpoint.ts';
import { type HlsObject, serializeObjectName } from './object-name.ts';

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
  while (index > 0 && view[index - 1]?.mayListParts && listedUs < LISTED_PARTS_US) {
    index--;
    listedUs += (view[index] as ViewedSegment).durationUs;
  }
  return index;
}

function playlistSegment(viewed: ViewedSegment, withParts: boolean, suffix: string): PlaylistSegment {
  const { source, firstPart, parts, isRecap, durationUs } = viewed;
  const passedUs = durationOf(source.parts.slice(0, firstPart)) + (isRecap ? durationOf(parts) - durationUs : 0);
  return {
    ...(viewed.isComplete ? { uri: serializeObjectName(objectOf(viewed)) + suffix } : {}),
    durationUs,
    parts: withParts && viewed.mayListParts ? playlistParts(viewed, suffix) : [],
    mapUri: serializeObjectName({ kind: 'init', version: source.init.version }) + suffix,
    programDateMs: source.programDateMs + passedUs / 1000,
    discontinuity: source.discontinuity && firstPart === 0,
  };
}

function objectOf({ source, firstPart, parts, isWhole, isRecap }: ViewedSegment): HlsObject {
  const segment = source.number;
  const end = firstPart + parts.length;
  if (isRecap) return { kind: 'recap', segment, end, piece: 'all' };
  return isWhole ? { kind: 'segment', segment } : { kind: 'stretch', segment, first: firstPart, end };
}

/**
 * Where a part is called independent hls.js begins with such a one, or behind one that it remembers having loaded. It forgets
 * when playlists come faster than it parses, and would stand still until the next key frame. While none is called so, it
 * goes by time: close to the point of joining none is.
 */
function playlistParts(viewed: ViewedSegment, suffix: string): PlaylistPart[] {
  const { source, firstPart, parts, isRecap, isCloseToJoin } = viewed;
  const segment = source.number;
  if (isRecap) {
    return (['key', 'rest'] as const).map((piece) => ({
      uri: serializeObjectName({ kind: 'recap', segment, end: parts.length, piece }) + suffix,
      durationUs: viewed.durationUs / 2,
      independent: false,
    }));
  }
  return parts.map(({ durationUs, independent }, index) => ({
    uri: serializeObjectName({ kind: 'part', segment, part: firstPart + index }) + suffix,
    durationUs,
    independent: independent && !isCloseToJoin,
  }));
}

function durationOf(parts: readonly HlsPart[]): number {
  return parts.reduce((sum, part) => sum + part.durationUs, 0);
}
