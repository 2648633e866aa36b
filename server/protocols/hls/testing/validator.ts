import {
  type Attributes,
  type ParsedMediaPlaylist,
  type ParsedSegment,
  parseAttributes,
  parseMediaPlaylist,
} from './strict-parser.ts';

/** The violations of RFC 8216bis in a media playlist. Empty when there are none. */
export function validateMediaPlaylist(text: string): readonly string[] {
  const playlist = parseMediaPlaylist(text);
  return [
    ...playlist.problems,
    ...checkHeader(playlist),
    ...checkSegments(playlist),
    ...checkParts(playlist),
    ...checkPreloadHint(playlist),
  ];
}

/** What may not differ between a playlist and a later one of the same viewer (clause 6.2.1 and 6.2.2). */
export function validateReload(earlierText: string, laterText: string): readonly string[] {
  const earlier = parseMediaPlaylist(earlierText);
  const later = parseMediaPlaylist(laterText);
  const problems: string[] = [];
  const shrinks = (name: string): boolean => numberOf(later, name) < numberOf(earlier, name);
  for (const name of ['#EXT-X-MEDIA-SEQUENCE', '#EXT-X-DISCONTINUITY-SEQUENCE'])
    if (shrinks(name)) problems.push(`${name} went back`);
  for (const name of ['#EXT-X-TARGETDURATION', '#EXT-X-PART-INF', '#EXT-X-SERVER-CONTROL'])
    if (later.header.get(name) !== earlier.header.get(name)) problems.push(`${name} changed`);
  problems.push(...checkRemoval(earlier, later));
  const known = numbered(earlier);
  for (const [number, segment] of numbered(later)) {
    const before = known.get(number);
    if (before) problems.push(...checkUnchanged(number, before, segment));
  }
  const lastKnown = Math.max(...known.keys());
  if (numberOf(later, '#EXT-X-MEDIA-SEQUENCE') > lastKnown + 1) problems.push('segments were passed over');
  return problems;
}

/** The multivariant playlist: attributes that a player needs to choose (clause 4.4.6.2). */
export function validateMultivariantPlaylist(text: string): readonly string[] {
  const lines = text.trimEnd().split('\n');
  const problems: string[] = [];
  if (lines[0] !== '#EXTM3U') problems.push('the first line is not #EXTM3U');
  const streams = lines.flatMap((line, index) => (line.startsWith('#EXT-X-STREAM-INF:') ? [index] : []));
  if (streams.length === 0) problems.push('there is no variant');
  for (const index of streams) {
    const attributes = parseAttributes(
      (lines[index] as string).slice('#EXT-X-STREAM-INF:'.length),
      index + 1,
      problems,
    );
    for (const name of ['BANDWIDTH', 'AVERAGE-BANDWIDTH'])
      if (!/^[1-9]\d*$/.test(attributes.get(name) ?? '')) problems.push(`${name} is not a number`);
    if (!/^\d+x\d+$/.test(attributes.get('RESOLUTION') ?? '')) problems.push('RESOLUTION is missing');
    if (!attributes.get('CODECS')) problems.push('CODECS is missing');
    const uri = lines[index + 1];
    if (!uri || uri.startsWith('#')) problems.push('a variant has no URI');
  }
  return problems;
}

function checkHeader(playlist: ParsedMediaPlaylist): string[] {
  const { header, skipped } = playlist;
  const problems: string[] = [];
  const version = numberOf(playlist, '#EXT-X-VERSION');
  if (version < (skipped > 0 ? 9 : 6)) problems.push(`version ${version} is too low for what the playlist uses`);
  const target = numberOf(playlist, '#EXT-X-TARGETDURATION');
  if (!Number.isInteger(target) || target < 1) problems.push('EXT-X-TARGETDURATION is not a whole number');
  const control = parseAttributes(header.get('#EXT-X-SERVER-CONTROL') ?? '', 0, problems);
  if (control.get('CAN-BLOCK-RELOAD') !== 'YES') problems.push('blocking reload is not offered');
  if (Number(control.get('CAN-SKIP-UNTIL')) < 6 * target)
    problems.push('the skip boundary is below six target durations');
  if (Number(control.get('PART-HOLD-BACK')) < 3 * partTarget(playlist) - 1e-6)
    problems.push('PART-HOLD-BACK is below three part targets');
  parseAttributes(header.get('#EXT-X-PART-INF') ?? '', 0, problems);
  if (!(partTarget(playlist) > 0)) problems.push('PART-TARGET is missing');
  return problems;
}

function checkSegments(playlist: ParsedMediaPlaylist): string[] {
  const problems: string[] = [];
  const target = numberOf(playlist, '#EXT-X-TARGETDURATION');
  let hasMap = playlist.skipped > 0;
  for (const [index, segment] of playlist.segments.entries()) {
    const isLast = index === playlist.segments.length - 1;
    if (segment.uri === undefined && !isLast) problems.push(`segment ${index} has no URI and is not the last`);
    if (segment.uri !== undefined && segment.durationS === undefined) problems.push(`segment ${index} has no EXTINF`);
    if (Math.round(segment.durationS ?? 0) > target)
      problems.push(`segment ${index} is longer than the target duration`);
    if (segment.parts.length > 0 && segment.tagsAfterParts.some((tag) => tag !== '#EXTINF'))
      problems.push(`segment ${index} has tags behind its first part that belong in front of it`);
    hasMap ||= segment.map?.get('URI') !== undefined;
    if (!hasMap) problems.push(`segment ${index} has no EXT-X-MAP`);
    if (index === 0 && segment.programDate === undefined) problems.push('the first segment has no date');
    if (segment.programDate !== undefined && Number.isNaN(Date.parse(segment.programDate)))
      problems.push(`segment ${index} has a date that cannot be read`);
  }
  return problems;
}

/** Clause 4.4.4.9. */
function checkParts(playlist: ParsedMediaPlaylist): string[] {
  const problems: string[] = [];
  const target = partTarget(playlist);
  for (const [index, { parts, durationS, uri }] of playlist.segments.entries()) {
    for (const [number, { attributes, line }] of parts.entries()) {
      const duration = Number(attributes.get('DURATION'));
      if (!attributes.get('URI')) problems.push(`line ${line}: a part has no URI`);
      if (!(duration > 0)) problems.push(`line ${line}: a part has no duration`);
      if (duration > target + 1e-6) problems.push(`line ${line}: a part is longer than PART-TARGET`);
      const isFinal = uri !== undefined && number === parts.length - 1;
      const isExempt = isFinal || attributes.get('INDEPENDENT') === 'YES' || attributes.get('GAP') === 'YES';
      if (duration < 0.85 * target - 1e-6 && !isExempt)
        problems.push(`line ${line}: a part is shorter than 85 % of PART-TARGET`);
    }
    const sum = parts.reduce((total, part) => total + Number(part.attributes.get('DURATION')), 0);
    if (parts.length > 0 && durationS !== undefined && Math.abs(sum - durationS) > target)
      problems.push(`the parts of segment ${index} are ${sum} s long together, the segment ${durationS} s`);
  }
  return problems;
}

function checkPreloadHint({ preloadHints, segments }: ParsedMediaPlaylist): string[] {
  const listed = new Set(segments.flatMap(({ parts }) => parts.map(({ attributes }) => attributes.get('URI'))));
  return preloadHints.flatMap((hint: Attributes) => {
    if (hint.get('TYPE') !== 'PART') return ['a preload hint has no type'];
    return listed.has(hint.get('URI')) ? ['a preload hint names a part that is listed already'] : [];
  });
}

/** Clause 6.2.2: nothing is removed from a playlist that would then be shorter than three target durations. */
function checkRemoval(earlier: ParsedMediaPlaylist, later: ParsedMediaPlaylist): string[] {
  const isRemoved = numberOf(later, '#EXT-X-MEDIA-SEQUENCE') > numberOf(earlier, '#EXT-X-MEDIA-SEQUENCE');
  if (!isRemoved || later.skipped > 0) return [];
  const heldS = later.segments.reduce((sum, { durationS }) => sum + (durationS ?? 0), 0);
  return heldS < 3 * numberOf(later, '#EXT-X-TARGETDURATION')
    ? [`after a removal only ${heldS} s are left, less than three target durations`]
    : [];
}

function checkUnchanged(number: number, before: ParsedSegment, after: ParsedSegment): string[] {
  const problems: string[] = [];
  if (before.uri !== undefined && (after.uri !== before.uri || after.durationS !== before.durationS))
    problems.push(`segment ${number} changed`);
  if (before.uri === undefined && after.uri === undefined && after.parts.length < before.parts.length)
    problems.push(`segment ${number} lost parts`);
  for (const [index, part] of before.parts.entries()) {
    const later = after.parts[index];
    if (later && [...part.attributes].some(([name, value]) => later.attributes.get(name) !== value))
      problems.push(`part ${index} of segment ${number} changed`);
  }
  return problems;
}

function numbered(playlist: ParsedMediaPlaylist): Map<number, ParsedSegment> {
  const first = numberOf(playlist, '#EXT-X-MEDIA-SEQUENCE') + playlist.skipped;
  return new Map(playlist.segments.map((segment, index) => [first + index, segment]));
}

function numberOf(playlist: ParsedMediaPlaylist, name: string): number {
  return Number(playlist.header.get(name) ?? 0);
}

function partTarget(playlist: ParsedMediaPlaylist): number {
  return Number(parseAttributes(playlist.header.get('#EXT-X-PART-INF') ?? '', 0, []).get('PART-TARGET'));
}
