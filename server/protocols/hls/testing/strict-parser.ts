/** Reads a playlist as RFC 8216bis says, for the validator. It does not depend on how we write playlists. */
export type Attributes = ReadonlyMap<string, string>;

export type ParsedPart = { readonly attributes: Attributes; readonly line: number };

export type ParsedSegment = {
  uri: string | undefined;
  durationS: number | undefined;
  readonly parts: ParsedPart[];
  /** Names of the tags in front of the first part, and of those behind it. */
  readonly tagsBeforeParts: string[];
  readonly tagsAfterParts: string[];
  map: Attributes | undefined;
  programDate: string | undefined;
};

export type ParsedMediaPlaylist = {
  readonly problems: string[];
  /** Tags that concern the whole playlist: their value, by name. */
  readonly header: ReadonlyMap<string, string>;
  readonly skipped: number;
  /** The last segment has no URI while it is still growing. */
  readonly segments: readonly ParsedSegment[];
  readonly preloadHints: readonly Attributes[];
};

const HEADER_TAGS: ReadonlySet<string> = new Set([
  '#EXT-X-VERSION',
  '#EXT-X-TARGETDURATION',
  '#EXT-X-SERVER-CONTROL',
  '#EXT-X-PART-INF',
  '#EXT-X-MEDIA-SEQUENCE',
  '#EXT-X-DISCONTINUITY-SEQUENCE',
  '#EXT-X-SKIP',
]);
const SEGMENT_TAGS: ReadonlySet<string> = new Set([
  '#EXT-X-DISCONTINUITY',
  '#EXT-X-MAP',
  '#EXT-X-PROGRAM-DATE-TIME',
  '#EXTINF',
]);
/** Clause 4.2: names are upper case, values quoted, enumerated, numbers or resolutions. */
const ATTRIBUTE = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,|$)/y;

export function parseMediaPlaylist(text: string): ParsedMediaPlaylist {
  const problems: string[] = [];
  const header = new Map<string, string>();
  const segments: ParsedSegment[] = [];
  const preloadHints: Attributes[] = [];
  const lines = text.split('\n');
  if (lines.pop() !== '') problems.push('the last line is not ended');
  if (lines[0] !== '#EXTM3U') problems.push('the first line is not #EXTM3U');
  let open = newSegment();
  for (const [index, line] of lines.entries()) {
    const at = index + 1;
    if (line === '' || index === 0) continue;
    if (!line.startsWith('#')) {
      open.uri = line;
      segments.push(open);
      open = newSegment();
      continue;
    }
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1);
    if (HEADER_TAGS.has(name)) {
      if (header.has(name)) problems.push(`line ${at}: ${name} appears twice`);
      if (segments.length > 0 || open.parts.length > 0) problems.push(`line ${at}: ${name} stands behind media`);
      header.set(name, value);
    } else if (name === '#EXT-X-PART') open.parts.push({ attributes: parseAttributes(value, at, problems), line: at });
    else if (name === '#EXT-X-PRELOAD-HINT') preloadHints.push(parseAttributes(value, at, problems));
    else if (SEGMENT_TAGS.has(name)) applySegmentTag(open, name, value, at, problems);
    else problems.push(`line ${at}: ${name} is not a tag we know`);
  }
  if (open.parts.length > 0 || open.tagsBeforeParts.length > 0) segments.push(open);
  return { problems, header, skipped: countSkipped(header, problems), segments, preloadHints };
}

export function parseAttributes(value: string, line: number, problems: string[]): Attributes {
  const attributes = new Map<string, string>();
  ATTRIBUTE.lastIndex = 0;
  let end = 0;
  for (let match = ATTRIBUTE.exec(value); match; match = ATTRIBUTE.exec(value)) {
    const [, name = '', quoted = ''] = match;
    if (attributes.has(name)) problems.push(`line ${line}: attribute ${name} appears twice`);
    attributes.set(name, quoted.startsWith('"') ? quoted.slice(1, -1) : quoted);
    end = ATTRIBUTE.lastIndex;
    if (end === value.length) break;
  }
  if (end !== value.length || value.endsWith(',')) problems.push(`line ${line}: the attribute list cannot be read`);
  return attributes;
}

function applySegmentTag(open: ParsedSegment, name: string, value: string, line: number, problems: string[]): void {
  const place = open.parts.length > 0 ? open.tagsAfterParts : open.tagsBeforeParts;
  if (open.tagsBeforeParts.includes(name) || open.tagsAfterParts.includes(name))
    problems.push(`line ${line}: ${name} appears twice for one segment`);
  place.push(name);
  if (name === '#EXT-X-MAP') open.map = parseAttributes(value, line, problems);
  else if (name === '#EXT-X-PROGRAM-DATE-TIME') open.programDate = value;
  else if (name === '#EXTINF') {
    if (!/^\d+(\.\d+)?,.*$/.test(value)) problems.push(`line ${line}: EXTINF cannot be read`);
    open.durationS = Number.parseFloat(value);
  }
}

function countSkipped(header: ReadonlyMap<string, string>, problems: string[]): number {
  const skip = header.get('#EXT-X-SKIP');
  if (skip === undefined) return 0;
  const count = Number(parseAttributes(skip, 0, problems).get('SKIPPED-SEGMENTS'));
  if (!Number.isInteger(count) || count < 1) problems.push('EXT-X-SKIP says no number of segments');
  return count;
}

function newSegment(): ParsedSegment {
  return {
    uri: undefined,
    durationS: undefined,
    parts: [],
    tagsBeforeParts: [],
    tagsAfterParts: [],
    map: undefined,
    programDate: undefined,
  };
}
