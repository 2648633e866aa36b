import { serializeSenderReport } from '../../../media/rtp/rtcp-packet.ts';
import type { RtpSender } from './rtp-sender.ts';

/** The seconds from 1900 to 1970. */
const NTP_OFFSET_S = 2_208_988_800;
const CNAME = 'oriel';

/** What the RTP clock of a source shows at a wall time: browsers bring sound and picture in step by it. */
export function senderReport(sender: RtpSender, wallMs: number, rtpTimestamp: number): Uint8Array {
  const { ssrc, packets, octets } = sender;
  const ntpUs = (wallMs + NTP_OFFSET_S * 1000) * 1000;
  return serializeSenderReport({ ssrc, ntpUs, rtpTimestamp, packets, bytes: octets >>> 0 }, CNAME);
}

/** The middle 32 bits of NTP time, which receivers quote to say which report they mean. */
export function ntpMiddle(wallMs: number): number {
  return Math.floor((wallMs / 1000 + NTP_OFFSET_S) * 65_536) % 2 ** 32;
}
