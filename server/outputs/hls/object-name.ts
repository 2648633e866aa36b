/** The objects that the last part of an HLS address can name. */
export type HlsObject =
  | { readonly kind: 'init'; readonly version: number }
  | { readonly kind: 'segment'; readonly segment: number }
  | { readonly kind: 'part'; readonly segment: number; readonly part: number }
  /** The parts from `first` to before `end`. */
  | { readonly kind: 'stretch'; readonly segment: number; readonly first: number; readonly end: number }
  /** One piece of the recap of the parts before `end`. The count continues into the next segment. */
  | { readonly kind: 'recap'; readonly segment: number; readonly end: number; readonly piece: number };

const INIT = /^init-(\d{1,9})\.mp4$/;
const RECAP = /^(\d{1,9})\.recap-(\d{1,6})\.(\d)\.m4s$/;
const MEDIA = /^(\d{1,9})(?:\.(\d{1,6})(?:-(\d{1,6}))?)?\.m4s$/;

export function serializeObjectName(object: HlsObject): string {
  switch (object.kind) {
    case 'init':
      return `init-${object.version}.mp4`;
    case 'segment':
      return `${object.segment}.m4s`;
    case 'part':
      return `${object.segment}.${object.part}.m4s`;
    case 'stretch':
      return `${object.segment}.${object.first}-${object.end}.m4s`;
    case 'recap':
      return `${object.segment}.recap-${object.end}.${object.piece}.m4s`;
  }
}

export function parseObjectName(name: string): HlsObject | undefined {
  const init = INIT.exec(name);
  if (init) return { kind: 'init', version: Number(init[1]) };
  const recap = RECAP.exec(name);
  if (recap) return { kind: 'recap', segment: Number(recap[1]), end: Number(recap[2]), piece: Number(recap[3]) };
  const media = MEDIA.exec(name);
  if (!media) return undefined;
  const [, segmentText, partText, endText] = media;
  const segment = Number(segmentText);
  if (partText === undefined) return { kind: 'segment', segment };
  if (endText === undefined) return { kind: 'part', segment, part: Number(partText) };
  return { kind: 'stretch', segment, first: Number(partText), end: Number(endText) };
}
