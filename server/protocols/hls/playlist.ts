/** Writes playlists of RFC 8216bis from a model of their content. It is pure. */
export type PlaylistPart = {
  readonly uri: string;
  readonly durationUs: number;
  /** Whether the part holds a key frame. */
  readonly independent: boolean;
};

export type PlaylistSegment = {
  /** Absent while the segment is still growing, which only the last one does. */
  readonly uri?: string;
  readonly durationUs: number;
  /** The parts, which are only listed near the live edge. */
  readonly parts: readonly PlaylistPart[];
  readonly mapUri: string;
  readonly programDateMs: number;
  /** The timeline or the decoder's configuration begins anew here. */
  readonly discontinuity: boolean;
};

export type MediaPlaylist = {
  readonly targetDurationS: number;
  readonly partTargetUs: number;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly segments: readonly PlaylistSegment[];
  readonly preloadHintUri: string;
};

export type Variant = {
  readonly uri: string;
  /** Bits per second. */
  readonly peakBandwidth: number;
  readonly averageBandwidth: number;
  readonly codecs: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
};

/** EXT-X-SKIP is what asks for version 9 (clause 8). */
const VERSION = 9;
/** A delta update may leave out what is older than this many target durations (clause 4.4.3.8). */
const SKIP_BOUNDARY_TARGETS = 6;
const PART_HOLD_BACK_PARTS = 3;

export function serializeMultivariantPlaylist(variant: Variant): string {
  const attributes = [
    `BANDWIDTH=${Math.ceil(variant.peakBandwidth)}`,
    `AVERAGE-BANDWIDTH=${Math.ceil(variant.averageBandwidth)}`,
    `CODECS="${variant.codecs}"`,
    `RESOLUTION=${variant.width}x${variant.height}`,
    `FRAME-RATE=${variant.framesPerSecond.toFixed(3)}`,
  ];
  return `#EXTM3U\n#EXT-X-VERSION:${VERSION}\n#EXT-X-STREAM-INF:${attributes.join(',')}\n${variant.uri}\n`;
}

/** With `delta`, segments beyond the skip boundary are replaced by their number, as `_HLS_skip=YES` asks for. */
export function serializeMediaPlaylist(playlist: MediaPlaylist, delta: boolean): string {
  const { targetDurationS, partTargetUs, segments } = playlist;
  const skipUntilS = targetDurationS * SKIP_BOUNDARY_TARGETS;
  const holdBack = seconds(partTargetUs * PART_HOLD_BACK_PARTS);
  const skipped = delta ? countSkippable(segments, skipUntilS * 1_000_000) : 0;
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDurationS}`,
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${holdBack},CAN-SKIP-UNTIL=${skipUntilS.toFixed(1)}`,
    `#EXT-X-PART-INF:PART-TARGET=${seconds(partTargetUs)}`,
    `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`,
  ];
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
  let mapUri = skipped > 0 ? segments[skipped - 1]?.mapUri : undefined;
  for (const segment of segments.slice(skipped)) {
    if (segment.uri === undefined && segment.parts.length === 0) continue;
    pushSegment(lines, segment, segment.mapUri !== mapUri);
    mapUri = segment.mapUri;
  }
  lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${playlist.preloadHintUri}"`);
  return `${lines.join('\n')}\n`;
}

function pushSegment(lines: string[], segment: PlaylistSegment, hasNewMap: boolean): void {
  if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
  if (hasNewMap) lines.push(`#EXT-X-MAP:URI="${segment.mapUri}"`);
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateMs).toISOString()}`);
  for (const { durationUs, uri, independent } of segment.parts)
    lines.push(`#EXT-X-PART:DURATION=${seconds(durationUs)},URI="${uri}"${independent ? ',INDEPENDENT=YES' : ''}`);
  if (segment.uri !== undefined) lines.push(`#EXTINF:${seconds(segment.durationUs)},`, segment.uri);
}

function countSkippable(segments: readonly PlaylistSegment[], boundaryUs: number): number {
  let fromEndUs = segments.reduce((sum, segment) => sum + segment.durationUs, 0);
  let count = 0;
  for (const segment of segments) {
    fromEndUs -= segment.durationUs;
    if (segment.uri === undefined || fromEndUs < boundaryUs) break;
    count++;
  }
  return count;
}

function seconds(us: number): string {
  return (us / 1_000_000).toFixed(5);
}
