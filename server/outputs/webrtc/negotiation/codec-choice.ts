import type { AudioTrack, VideoTrack } from '../../../media/access-unit.ts';
import { H264_NAL, h264NalType } from '../../../media/video/h264.ts';
import { type H264Sps, parseH264Sps } from '../../../media/video/h264-sps.ts';
import { GatewayError } from '../../../platform/errors.ts';
import type { OfferedCodec, OfferedMedia } from './browser-offer.ts';
import { h264Profile, h264ProfilesFor } from './h264-profile.ts';

/** What is sent for one m-line: a payload type of the offer, and how retransmissions are sent. */
export type CodecChoice = {
  readonly codec: OfferedCodec;
  readonly rtxPayloadType?: number;
};

/** The payload type for a camera's video, or undefined when the browser offers none. */
export function chooseVideo(media: OfferedMedia, track: VideoTrack): CodecChoice | undefined {
  const codec = track.codec === 'h264' ? chooseH264(media, track) : media.codecs.find(({ name }) => name === 'h265');
  return codec && withRepair(media, codec);
}

/** Every payload type that `chooseVideo` may come to choose. */
export function usableVideo(media: OfferedMedia): readonly CodecChoice[] {
  const usable = media.codecs.filter((codec) => codec.name === 'h265' || isUsableH264(codec));
  return usable.map((codec) => withRepair(media, codec));
}

function withRepair(media: OfferedMedia, codec: OfferedCodec): CodecChoice {
  const rtx = media.codecs.find(
    ({ name, parameters }) => name === 'rtx' && parameters.get('apt') === String(codec.payloadType),
  );
  return { codec, ...(rtx ? { rtxPayloadType: rtx.payloadType } : {}) };
}

/** G.711, G.722 and Opus are passed on unchanged. WebRTC does not support AAC. */
export function chooseAudio(media: OfferedMedia, track: AudioTrack): CodecChoice | undefined {
  if (track.codec === 'aac') return undefined;
  const codec = media.codecs.find(
    ({ name, channels }) => name === track.codec && (track.codec === 'opus' || channels === track.channels),
  );
  return codec && { codec };
}

/**
 * The profile nearest to the camera's. The level is what the browser prefers and not the limit of what it can decode, so a
 * mismatch is no reason to refuse.
 */
function chooseH264(media: OfferedMedia, track: VideoTrack): OfferedCodec | undefined {
  const usable = media.codecs.filter(isUsableH264);
  const wanted = h264ProfilesFor(spsOf(track));
  const rank = (codec: OfferedCodec) => {
    const place = wanted.indexOf(h264Profile(codec.parameters.get('profile-level-id')));
    return place === -1 ? wanted.length : place;
  };
  return usable.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** A picture only fits with fragments, which need packetization-mode 1. */
function isUsableH264({ name, parameters }: OfferedCodec): boolean {
  return name === 'h264' && parameters.get('packetization-mode') === '1';
}

/** Whether pictures are shown in another order than they are decoded. WebRTC cannot signal that, and browsers would stutter. */
export function hasBFrames(track: VideoTrack): boolean {
  return track.codec === 'h264' && spsOf(track)?.hasBFrames === true;
}

/** Undefined while it is unknown and when it cannot be read. The browser then decides. */
function spsOf(track: VideoTrack): H264Sps | undefined {
  const sps = track.parameterSets.find((set) => h264NalType(set) === H264_NAL.sps);
  try {
    return sps && parseH264Sps(sps);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

export function bFramesError(): GatewayError {
  return new GatewayError(
    'no-common-codec',
    'This camera sends B-frames, which WebRTC cannot carry. Watch over HLS, or set its H.264 profile to Baseline or Main without B-frames.',
  );
}

export function noCommonVideo(track: VideoTrack): GatewayError {
  const name = track.codec === 'h264' ? 'H.264' : 'H.265';
  return new GatewayError(
    'no-common-codec',
    `This camera sends ${name}, which this browser does not receive over WebRTC. Watch over HLS or use another browser.`,
  );
}
