import { NO_UNITS, noCounts, type RtpAccessUnit, type RtpDepacketizer } from './rtp-access-unit.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { sequenceGap } from './rtp-sequence.ts';

/** G.711, G.722 and Opus: the payload of a packet is the sound (RFC 3551, RFC 7587). A lost packet costs only itself. */
export class RtpAudioDepacketizer implements RtpDepacketizer {
  readonly counts = noCounts();
  readonly reorders = false;
  #nextSequence: number | undefined;

  push(packet: RtpPacket, receivedUs: number): readonly RtpAccessUnit[] {
    const gap = sequenceGap(packet.sequenceNumber, this.#nextSequence);
    if (gap === 'repeated') return NO_UNITS;
    if (gap === 'missing') this.counts.gaps++;
    this.#nextSequence = (packet.sequenceNumber + 1) & 0xffff;
    if (packet.payload.length === 0) return NO_UNITS;
    return [{ timestamp: packet.timestamp, receivedUs, keyframe: true, payload: [packet.payload] }];
  }
}
