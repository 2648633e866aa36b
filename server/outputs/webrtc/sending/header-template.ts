import { RTP_HEADER_BYTES } from '../../../media/rtp/rtp-packet.ts';
import type { OfferedMedia } from '../negotiation/browser-offer.ts';
import type { AnsweredMedia } from '../negotiation/sdp-answer.ts';

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const PLAYOUT_DELAY = 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay';

/**
 * What of a browser's header extensions we answer with: the mid, which it routes bundled packets by, and a playout delay
 * of 0 to 0, with which Chromium shows each picture at once. That one only without sound: it also keeps Chromium from
 * holding pictures back until their sound is heard. No bandwidth estimation: a camera cannot be told to send less.
 */
export function answeredExtensions(media: OfferedMedia, isShownAtOnce: boolean): ReadonlyMap<string, number> {
  const wanted = isShownAtOnce ? [MID, PLAYOUT_DELAY] : [MID];
  return new Map([...media.extensions].filter(([uri]) => wanted.includes(uri)));
}

/** The RTP header of every packet of one source, complete except for marker, sequence number and timestamp. */
export function headerTemplate(
  { media, extensions: agreed }: AnsweredMedia,
  payloadType: number,
  ssrc: number,
): Uint8Array {
  const extensions: number[] = [];
  const mid = agreed.get(MID);
  const text = Buffer.from(media.mid);
  if (mid !== undefined && text.length <= 16) extensions.push((mid << 4) | (text.length - 1), ...text);
  const playoutDelay = agreed.get(PLAYOUT_DELAY);
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
