import type { VideoCodec } from '../../../shared/camera.ts';
import { type AccessUnit, unitBytes } from '../access-unit.ts';
import { Fmp4Muxer } from './fmp4-muxer.ts';

export type KeyFrameMp4 = { readonly mimeType: string; readonly bytes: Uint8Array };

/** Even the pictures of 8K cameras are smaller. A larger one is not worth waiting for. */
const MAX_PICTURE_BYTES = 4 * 1024 * 1024;

/**
 * One key frame as a video of one picture: the browser decodes it itself, so that nobody needs ffmpeg to see a still.
 * Undefined when its parameter sets cannot be read.
 */
export function serializeKeyFrame(codec: VideoCodec, keyFrame: AccessUnit): KeyFrameMp4 | undefined {
  if (unitBytes(keyFrame) > MAX_PICTURE_BYTES) return undefined;
  const muxer = new Fmp4Muxer({ codec, originUs: keyFrame.ptsUs });
  try {
    const fragment = muxer.pushVideo(keyFrame);
    if (!fragment) return undefined;
    const { bytes, mimeType } = fragment.init;
    return { mimeType, bytes: Buffer.concat([bytes, fragment.bytes]) };
  } catch {
    return undefined;
  }
}
