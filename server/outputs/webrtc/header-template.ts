import { RTP_HEADER_BYTES } from '../../media/rtp-packet.ts';
import type { OfferedMedia } from './browser-offer.ts';

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const PLAYOUT_DELAY = 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay';

/** What of the browser's header extensions we answer with. No bandwidth estimation: a camera cannot be told to send less. */
export const ANSWERED_EXTENSIONS: ReadonlySet<string> = new Set([MID, PLAYOUT_DELAY]);

/**
 * The RTP header of every packet of one track, complete but for marker, sequence number and timestamp. The mid is what a
 * browser routes bundled packets by; a playout delay of 0 to 0 tells Chromium to show each picture at once.
 */
export function headerTemplate(media: OfferedMedia, payloadType: number, ssrc: number): Uint8Array {
  const extensions: number[] = [];
  const mid = media.extensions.get(MID);
  const text = Buffer.from(media.mid);
  if (mid !== undefined && text.length <= 16) extensions.push((mid << 4) | (text.length - 1), ...text);
  const playoutDelay = media.kind === 'video' ? media.extensions.get(PLAYOUT_DELAY) : undefined;
  if (playoutDelay !== undefined) extensions.push((playoutDelay << 4) | 2, 0, 0, 0);
  while (extensions.length % 4 !== 0) extensions.push(0);
  const bytes = new Uint8Array(RTP_HEADER_BYTES + (extensions.length > 0 ? 4 + extensions.length : 0));
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x80;
  bytes[1] = payloadType;
  view.setUint32(8, ssrc);
  if (extensions.length === 0) return bytes;
  bytes[0] = 0x90;
  view.setUint16(RTP_HEADER_BYTES, 0xbede); // RFC 8285 clause 4.2, one-byte headers
  view.setUint16(RTP_HEADER_BYTES + 2, extensions.length / 4);
  bytes.set(extensions, RTP_HEADER_BYTES + 4);
  return bytes;
}
