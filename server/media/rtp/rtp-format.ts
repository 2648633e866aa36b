import type { TrackInfo } from '../access-unit.ts';
import { RtpGenericAacDepacketizer } from './rtp-aac-depacketizer.ts';
import type { RtpDepacketizer } from './rtp-access-unit.ts';
import { RtpAudioDepacketizer } from './rtp-audio-depacketizer.ts';
import { RtpH264Depacketizer } from './rtp-h264-depacketizer.ts';
import { RtpH265Depacketizer } from './rtp-h265-depacketizer.ts';
import { RtpLatmDepacketizer } from './rtp-latm-depacketizer.ts';

/** How the payload of a track is packed into RTP. */
export type RtpFormat =
  | { readonly kind: 'h264' }
  | { readonly kind: 'h265'; readonly hasOrderNumbers: boolean }
  /** RFC 3640: the sizes of the fields in front of each frame. */
  | {
      readonly kind: 'aac-generic';
      readonly sizeBits: number;
      readonly indexBits: number;
      readonly indexDeltaBits: number;
      readonly samplesPerFrame: number;
    }
  /** RFC 3016 */
  | { readonly kind: 'aac-latm'; readonly configInBand: boolean; readonly samplesPerFrame: number }
  | { readonly kind: 'plain' };

export function createDepacketizer(info: TrackInfo, format: RtpFormat): RtpDepacketizer {
  const parameterSets = info.kind === 'video' ? info.parameterSets : [];
  switch (format.kind) {
    case 'h264':
      return new RtpH264Depacketizer(parameterSets);
    case 'h265':
      return new RtpH265Depacketizer(parameterSets, format.hasOrderNumbers);
    case 'aac-generic':
      return new RtpGenericAacDepacketizer(format);
    case 'aac-latm':
      return new RtpLatmDepacketizer(format);
    case 'plain':
      return new RtpAudioDepacketizer();
  }
}
