import type { Part } from '../http/multipart.ts';

/** One part of the live stream. `timestampUs` is absent on models that send no X-Timestamp. */
export type KasaPart =
  | {
      readonly kind: 'video';
      readonly timestampUs?: number;
      readonly framesPerSecond?: number;
      /** Whether the camera says that it sends sound; absent on models that do not say. */
      readonly hasAudio?: boolean;
      /** Annex B, one access unit. */
      readonly data: Uint8Array;
    }
  | { readonly kind: 'audio'; readonly timestampUs?: number; readonly data: Uint8Array }
  | { readonly kind: 'other'; readonly contentType: string };

const MAX_FRAMES_PER_SECOND = 240;

export function parseKasaPart({ headers, body }: Part): KasaPart {
  const contentType = (headers.get('content-type') ?? '').toLowerCase();
  const timestampUs = parseTimestampUs(headers.get('x-timestamp'));
  const stamp = timestampUs === undefined ? {} : { timestampUs };
  if (contentType.startsWith('video/x-h264')) {
    const fps = Number(headers.get('x-framerate'));
    const isSane = fps > 0 && fps <= MAX_FRAMES_PER_SECOND;
    const audio = headers.get('x-audio');
    return {
      kind: 'video',
      ...stamp,
      ...(isSane ? { framesPerSecond: fps } : {}),
      ...(audio === undefined ? {} : { hasAudio: audio === '1' }),
      data: body,
    };
  }
  if (contentType.startsWith('audio/g711')) return { kind: 'audio', ...stamp, data: body };
  return { kind: 'other', contentType };
}

/** Seconds since the camera started, as a decimal; a 32-bit float would lose 30 ms of it after three days. */
function parseTimestampUs(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,12}(?:\.\d{1,9})?$/.test(text)) return undefined;
  const seconds = Number(text);
  return seconds > 0 ? Math.round(seconds * 1e6) : undefined;
}
