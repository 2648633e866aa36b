import type { VideoCodec } from '../../shared/camera.ts';
import type { ProbeReport } from '../../shared/probe-report.ts';
import { type AccessUnit, unitBytes } from '../media/access-unit.ts';
import { Fmp4Muxer } from '../media/fmp4-muxer.ts';

/** Whole pictures of 8K cameras are smaller; what is larger is not worth the wait. */
const MAX_PICTURE_BYTES = 4 * 1024 * 1024;

/** One key frame as a video of one picture: the browser decodes it itself, so that nobody needs ffmpeg to see the camera. */
export function keyFramePicture(codec: VideoCodec, keyFrame: AccessUnit): ProbeReport['picture'] {
  if (unitBytes(keyFrame) > MAX_PICTURE_BYTES) return undefined;
  const muxer = new Fmp4Muxer({ codec, originUs: keyFrame.ptsUs });
  try {
    const fragment = muxer.pushVideo(keyFrame);
    if (!fragment) return undefined;
    const { bytes, mimeType } = fragment.init;
    return { mimeType, base64: Buffer.concat([bytes, fragment.bytes]).toString('base64') };
  } catch {
    // Parameter sets that cannot be read: the rest of the report is still worth having.
    return undefined;
  }
}
