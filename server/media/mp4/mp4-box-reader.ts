import { GatewayError } from '../../platform/errors.ts';

/** A box of an MP4 as a view; its content begins at 0. */
export type Mp4Box = { readonly type: string; readonly content: DataView };

const MAX_BOXES = 1_000_000;

/** The boxes in a piece of a file, in their order. A box that would end beyond the piece is cut off at its end. */
export function* mp4Boxes(view: DataView): Generator<Mp4Box> {
  let at = 0;
  for (let count = 0; at + 8 <= view.byteLength; count++) {
    if (count > MAX_BOXES) throw new GatewayError('too-large', 'This MP4 has too many boxes.');
    const size = view.getUint32(at);
    const isLarge = size === 1 && at + 16 <= view.byteLength;
    const headerBytes = isLarge ? 16 : 8;
    const declared = isLarge ? view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12) : size;
    const length = size === 0 ? view.byteLength - at : declared;
    if (length < headerBytes) throw new GatewayError('bad-data', 'This MP4 has a box that is shorter than its header.');
    const end = Math.min(at + length, view.byteLength);
    yield { type: fourLetters(view, at + 4), content: subview(view, at + headerBytes, end) };
    at = end;
  }
}

export function childBox(view: DataView, ...path: readonly string[]): DataView | undefined {
  let found: DataView | undefined = view;
  for (const type of path) {
    if (!found) return undefined;
    found = [...mp4Boxes(found)].find((child) => child.type === type)?.content;
  }
  return found;
}

export function childBoxes(view: DataView, type: string): DataView[] {
  return [...mp4Boxes(view)].flatMap((child) => (child.type === type ? [child.content] : []));
}

function fourLetters(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

export function subview(view: DataView, start: number, end: number): DataView {
  if (start > end || end > view.byteLength) throw new GatewayError('bad-data', 'This MP4 ends in the middle of a box.');
  return new DataView(view.buffer, view.byteOffset + start, end - start);
}

export function readUint64(view: DataView, at: number): number {
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}

export function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
