import type { RtpTraffic } from '../../media/rtp/rtp-statistics.ts';

/** Fewer packets say little about a network. */
const MIN_PACKETS = 100;

/** How many packets in a hundred were lost, measured stretch by stretch. */
export class LossMeter {
  #before: RtpTraffic = { expected: 0, received: 0 };

  /** Since the last stretch began; undefined for too few packets. Numbers that began anew count for nothing. */
  percent({ expected, received }: RtpTraffic): number | undefined {
    const sent = expected - this.#before.expected;
    if (sent < MIN_PACKETS) return undefined;
    return Math.max(((sent - (received - this.#before.received)) / sent) * 100, 0);
  }

  /** A new stretch begins. */
  next(traffic: RtpTraffic): void {
    this.#before = traffic;
  }
}
