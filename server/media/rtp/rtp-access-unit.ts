import type { RtpPacket } from './rtp-packet.ts';

/** An access unit that still carries its RTP time. */
export type RtpAccessUnit = {
  /** The RTP time of the packet or frame itself: 32 bits in units of the clock rate. */
  readonly timestamp: number;
  readonly receivedUs: number;
  readonly keyframe: boolean;
  readonly payload: readonly Uint8Array[];
};

/** Turns the packets of one track, in the order of their sequence numbers, into access units. */
export type RtpDepacketizer = {
  push(packet: RtpPacket, receivedUs: number): readonly RtpAccessUnit[];
  /** What was thrown away and why, for the log and the report card. */
  readonly counts: DepacketizerCounts;
  /** Frames are shown in another order than they are decoded, so times may step back. */
  readonly reorders: boolean;
};

export type DepacketizerCounts = {
  /** Gaps in the sequence numbers. */
  gaps: number;
  /** Packets that could not be understood. */
  damaged: number;
  /** Packets of a kind nobody sends (STAP-B, MTAP, FU-B, PACI). */
  unsupported: number;
  /** Pictures left out because something they need was lost. */
  undecodable: number;
};

export const NO_UNITS: readonly RtpAccessUnit[] = [];

export function noCounts(): DepacketizerCounts {
  return { gaps: 0, damaged: 0, unsupported: 0, undecodable: 0 };
}
