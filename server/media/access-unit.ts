import type { AudioCodec, VideoCodec } from '../../shared/camera.ts';

/** One decodable moment of one track: the only currency between sources, hub and outputs. Immutable once published. */
export type AccessUnit = {
  /** Index into the source's tracks. */
  readonly track: number;
  /**
   * Presentation time on the camera's clock, rebased to the connection, unwrapped. In decode order; never decreasing for
   * audio and for video without B-frames.
   */
  readonly ptsUs: number;
  /** Our monotonic clock (Clock.nowUs) when its last byte arrived: the age of a picture starts here. */
  readonly receivedUs: number;
  /** Video: decoding can start here, and the payload begins with the parameter sets. Audio: always true. */
  readonly keyframe: boolean;
  /**
   * Video: NAL units without start codes; no access unit delimiter, and of SEI only the
   * recovery point of a key frame that is no IDR picture. A key frame carries its parameter sets first
   * (H.264: SPS, PPS; H.265: VPS, SPS, PPS), put there by the source when the camera sends them only out of band.
   * Audio: one frame (AAC without ADTS), or a run of G.711/G.722 samples of any length.
   */
  readonly payload: readonly Uint8Array[];
};

export type VideoTrack = {
  readonly kind: 'video';
  readonly codec: VideoCodec;
  /** As known before the first key frame (from the SDP); key frames carry the truth. May be empty. */
  readonly parameterSets: readonly Uint8Array[];
};

export type AudioTrack = {
  readonly kind: 'audio';
  readonly codec: AudioCodec;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** AAC only: the AudioSpecificConfig. */
  readonly config?: Uint8Array;
};

export type TrackInfo = VideoTrack | AudioTrack;

/** Bytes of a unit, for every budget that is counted in bytes. */
export function unitBytes(unit: AccessUnit): number {
  let total = 0;
  for (const part of unit.payload) total += part.byteLength;
  return total;
}
